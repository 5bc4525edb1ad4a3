"""Reports about sales: what is open, what came of it, how fast, and why not."""
