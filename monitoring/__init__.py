"""The officers' web app and the public scoreboard."""
