"""The `cat-server` command: composition root."""
