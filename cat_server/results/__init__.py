"""Checklist, statement, package and verification."""
