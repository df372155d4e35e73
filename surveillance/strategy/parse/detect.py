"""Which dialect a text is in, where nobody says so."""

from __future__ import annotations


def detect(text: str) -> str:  # noqa: ARG001
    """The dialect that a text is most likely in."""
    return "ovid-medline"
