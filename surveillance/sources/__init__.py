"""The places that answer: asked, fetched, and every answer held against what was asked."""
