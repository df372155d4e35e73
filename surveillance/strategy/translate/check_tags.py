"""MeSH check tags: what an indexer notes of every report, and hardly any text says of itself."""

from __future__ import annotations

# NLM, "MeSH check tags".
_CHECK_TAGS = """
    humans|animals|male|female|pregnancy|infant|infant, newborn|child|child, preschool|adolescent
    |young adult|adult|middle aged|aged|aged, 80 and over|mice|rats|rabbits|cats|dogs|cattle
    |chick embryo|cricetinae|guinea pigs|horses|sheep|swine
"""
CHECK_TAGS = frozenset(tag.strip() for tag in _CHECK_TAGS.split("|"))
