"""One question a page asks, one file."""
