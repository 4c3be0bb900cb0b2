"""Routes of the kiosk, one page per file."""
