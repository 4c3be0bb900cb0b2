"""What someone may see; never writes."""
