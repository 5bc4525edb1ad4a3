"""The regions of the board's screen."""
