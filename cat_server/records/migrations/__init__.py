"""Migrations of the exam database."""
