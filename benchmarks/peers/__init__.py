"""Other engines on the same records and the same strategies; each runs in a process of its own."""
