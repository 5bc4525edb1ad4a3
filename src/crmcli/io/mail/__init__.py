"""Mail as programs keep it: messages, the boxes they lie in, and servers."""
