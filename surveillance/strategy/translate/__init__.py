"""Tree → a source's own query, with a report of every loss."""
