"""What is asked or told in the middle of the board."""
