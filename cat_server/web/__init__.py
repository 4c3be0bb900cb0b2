"""HTTP plumbing that both web apps share."""
