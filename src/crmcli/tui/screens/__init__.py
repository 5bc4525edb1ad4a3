"""The screens of the board."""
