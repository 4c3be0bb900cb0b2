"""Clock, keys, settings, processes and what else touches the machine."""
