"""How templates are written: their language, what it may see, and the page that a message in HTML is."""
