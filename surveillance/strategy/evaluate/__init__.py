"""The engines: does a record match a strategy exactly, and would PubMed return it for a query."""
