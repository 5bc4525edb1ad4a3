"""Questions about the business; each answers with a Report."""
