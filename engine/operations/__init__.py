"""What a diagram may ask of our own tables: one operation a file, found by name."""
