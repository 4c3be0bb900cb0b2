"""The participants' web app."""
