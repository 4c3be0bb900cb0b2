"""From people's responses to statistics of items, each with how sure it is."""
