"""Pure rules: no I/O, no SQL, no terminal; "today" is an argument."""
