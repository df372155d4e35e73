"""Studies: registrations and their versions, what changed in them, and who reports them."""
