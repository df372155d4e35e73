"""Languages: records carry codes (`eng`), strategies name them (`english.la.`), or the reverse.

Source: NLM, "MEDLINE/PubMed Data Element (Field) Descriptions", Language: three-letter MARC
codes. In most the code is the beginning of the name; the User Guide names Japanese as different.
"""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "afr": "afrikaans",
    "alb": "albanian",
    "ara": "arabic",
    "arm": "armenian",
    "aze": "azerbaijani",
    "bos": "bosnian",
    "bul": "bulgarian",
    "cat": "catalan",
    "chi": "chinese",
    "cze": "czech",
    "dan": "danish",
    "dut": "dutch",
    "eng": "english",
    "est": "estonian",
    "fin": "finnish",
    "fre": "french",
    "geo": "georgian",
    "ger": "german",
    "gre": "greek",
    "heb": "hebrew",
    "hin": "hindi",
    "hrv": "croatian",
    "hun": "hungarian",
    "ice": "icelandic",
    "ind": "indonesian",
    "ita": "italian",
    "jpn": "japanese",
    "kor": "korean",
    "lat": "latin",
    "lav": "latvian",
    "lit": "lithuanian",
    "mac": "macedonian",
    "may": "malay",
    "mul": "multiple languages",
    "nor": "norwegian",
    "per": "persian",
    "pol": "polish",
    "por": "portuguese",
    "rum": "romanian",
    "rus": "russian",
    "slo": "slovak",
    "slv": "slovenian",
    "spa": "spanish",
    "srp": "serbian",
    "swe": "swedish",
    "tha": "thai",
    "tur": "turkish",
    "ukr": "ukrainian",
    "und": "undetermined",
    "vie": "vietnamese",
    "wel": "welsh",
}
_CODES: Mapping[str, str] = {name: code for code, name in _NAMES.items()}


def names_of(text: str) -> tuple[str, ...]:
    """A language as a record has it, and beside it its name or code where it is known."""
    key = text.strip().casefold()
    other = _NAMES.get(key) or _CODES.get(key)
    return (text, other) if other else (text,)
