"""Where nodes stand: columns in reading order, rows inside their lanes."""
