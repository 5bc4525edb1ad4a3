"""Views and reports into characters: tables, pictures, data formats, and all of stderr."""
