"""One noun per file: parse, one service call, one output call."""
