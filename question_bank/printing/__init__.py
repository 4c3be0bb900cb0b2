"""What printing needs wherever something is printed: fonts with every letter of a name."""
