"""What the server of a test centre can take: the real server, the bare ceiling and the usual endpoint in one run."""
