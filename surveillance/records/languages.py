"""Languages as sources name them: MEDLINE's three letters, two letters, or the English name.

Three letters are those of ISO 639-2 (bibliographic, as MEDLINE has them, and terminological).
"""

from __future__ import annotations

_NAMES = """
afrikaans af afr | albanian sq alb sqi | arabic ar ara | armenian hy arm hye | azerbaijani az
aze | basque eu baq eus | bosnian bs bos | bulgarian bg bul | catalan ca cat | chinese zh chi
zho | croatian hr hrv scr | czech cs cze ces | danish da dan | dutch nl dut nld | english en eng
| estonian et est | finnish fi fin | french fr fre fra | georgian ka geo kat | german de ger deu
| greek el gre ell | hebrew he heb | hindi hi hin | hungarian hu hun | icelandic is ice isl |
indonesian id ind | italian it ita | japanese ja jpn | korean ko kor | latin la lat | latvian lv
lav | lithuanian lt lit | macedonian mk mac mkd | malay ms may msa | norwegian no nor nob nno |
persian fa per fas farsi | polish pl pol | portuguese pt por | romanian ro rum ron | russian ru
rus | serbian sr srp scc | slovak sk slo slk | slovenian sl slv slovene | spanish es spa
castilian | swedish sv swe | thai th tha | turkish tr tur | ukrainian uk ukr | vietnamese vi vie
| welsh cy wel cym | multilingual mul | undetermined und
"""
_LANGUAGES = {
    name: names[0] for entry in _NAMES.split("|") if (names := entry.split()) for name in names
}
#: What says that nobody knows, or not which.
_NO_LANGUAGE = frozenset({"multilingual", "undetermined"})


def language_of(name: str) -> str:
    """A language's English name in lower case; empty for what names none (“en-GB” is English)."""
    plain = name.strip().casefold()
    found = _LANGUAGES.get(plain) or _LANGUAGES.get(plain.replace("_", "-").split("-")[0], "")
    return "" if found in _NO_LANGUAGE else found
