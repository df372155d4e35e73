"""Which of PubMed's fields hold what an Ovid field holds (ovid-semantics 5 and 11.8)."""

from __future__ import annotations

from collections.abc import Mapping

# Each list of tags finds at least what the code finds, word by word. `[tw]` also holds headings,
# subheadings, publication types and substances; only `[ti]` and `[tiab]` know proximity.
_TAGS: Mapping[str, tuple[str, ...]] = {
    "ti": ("ti",),
    "ab": ("tiab",),
    "tw": ("tiab",),
    "kf": ("ot",),
    "kw": ("ot",),
    "ot": ("tt",),
    "nm": ("tw",),
    "hw": ("tw",),
    "sh": ("tw",),
    "pt": ("tw",),
    "fs": ("tw",),
    "mp": ("tw", "tiab", "tt"),
    "af": ("all", "tt"),
}
_ABSORBED: Mapping[str, frozenset[str]] = {
    "all": frozenset({"ti", "tiab", "tw", "ot"}),
    "tiab": frozenset({"ti", "ot"}),
    "tw": frozenset(),
}
PROXIMITY_TAGS = frozenset({"ti", "tiab"})

# Codes of whole names that PubMed indexes as such, with the tag and the one that finds no more.
NAME_TAGS: Mapping[str, tuple[str, str]] = {
    "sh": ("mh:noexp", "mh:noexp"),
    "pt": ("pt", "pt:noexp"),
    "fs": ("sh", "sh:noexp"),
}


def tags_of(codes: tuple[str, ...]) -> tuple[str, ...] | None:
    """The tags that together find at least what the codes find; None where PubMed has none."""
    if any(code not in _TAGS for code in codes):
        return None
    tags = list(dict.fromkeys(tag for code in codes for tag in _TAGS[code]))
    absorbed = frozenset[str]().union(*(_ABSORBED.get(tag, frozenset()) for tag in tags))
    return tuple(tag for tag in tags if tag not in absorbed)
