"""Routes of monitoring, one page per file."""
