"""Drawing the forms of an exam session."""
