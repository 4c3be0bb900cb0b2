"""Encrypting banks and key sheets at rest."""
