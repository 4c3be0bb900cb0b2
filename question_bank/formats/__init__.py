"""One reader (and writer) per bank file format."""
