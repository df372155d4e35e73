"""The same actions as JSON, with a token for each person; `/api` describes them."""
