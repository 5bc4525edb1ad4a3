"""Files out: spreadsheets and typed columns, and how a file comes to be in one piece."""
