"""What is measured, side by side with what: ``make bench``."""
