"""Item banks: read, check, draw equal forms, seal. Knows no exam session, database or web."""
