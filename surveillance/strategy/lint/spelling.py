"""British and American spellings of words that are searched in health.

Source: the pairs that Cochrane's and NICE's guides to searching name as examples (haem-/hem-,
paed-/ped-, oedema/edema, tumour/tumor, -isation/-ization), restated word by word: a rule such as
ae → e would also pair words that differ (`hemisphere` has no British spelling with ae).
"""

from __future__ import annotations

import re

_PAIRS = (
    ("aetiolog", "etiolog"),
    ("ageing", "aging"),
    ("anaemi", "anemi"),
    ("anaesthe", "anesthe"),
    ("apnoea", "apnea"),
    ("bacteraemi", "bacteremi"),
    ("behaviour", "behavior"),
    ("caesarean", "cesarean"),
    ("catheteris", "catheteriz"),
    ("centre", "center"),
    ("characteris", "characteriz"),
    ("colour", "color"),
    ("counselling", "counseling"),
    ("diarrhoea", "diarrhea"),
    ("dyspnoea", "dyspnea"),
    ("faecal", "fecal"),
    ("faeces", "feces"),
    ("fibre", "fiber"),
    ("foetal", "fetal"),
    ("foetus", "fetus"),
    ("glycaemi", "glycemi"),
    ("gonorrhoea", "gonorrhea"),
    ("gynaecolog", "gynecolog"),
    ("haematolog", "hematolog"),
    ("haematoma", "hematoma"),
    ("haemodialy", "hemodialy"),
    ("haemoglobin", "hemoglobin"),
    ("haemophil", "hemophil"),
    ("haemorrhag", "hemorrhag"),
    ("haemorrhoid", "hemorrhoid"),
    ("haemosta", "hemosta"),
    ("hospitalis", "hospitaliz"),
    ("hyperglycaemi", "hyperglycemi"),
    ("hypoglycaemi", "hypoglycemi"),
    ("hypoxaemi", "hypoxemi"),
    ("immunis", "immuniz"),
    ("ischaemi", "ischemi"),
    ("labour", "labor"),
    ("leukaemi", "leukemi"),
    ("mobilis", "mobiliz"),
    ("modelling", "modeling"),
    ("oedema", "edema"),
    ("oesophag", "esophag"),
    ("oestradiol", "estradiol"),
    ("oestrogen", "estrogen"),
    ("orthopaedic", "orthopedic"),
    ("paediatri", "pediatri"),
    ("randomis", "randomiz"),
    ("septicaemi", "septicemi"),
    ("sterilis", "steriliz"),
    ("tumour", "tumor"),
    ("uraemi", "uremi"),
)
_OTHER_OF = {**dict(_PAIRS), **{american: british for british, american in _PAIRS}}
_SHORTEST = min(map(len, _OTHER_OF))
_LONGEST = max(map(len, _OTHER_OF))
# `laboratory` is no American spelling of anything.
_NEITHER = ("laborato", "colorect", "colorim")
_NOUN = re.compile(r"(\w{3,30})i([sz])(ation|ations)")


def counterpart(word: str) -> str | None:
    """The other spelling of a word, or of its beginning: `tumor` for `tumours`; None: no pair.

    `word` is in lower case, without its wildcards.
    """
    if word.startswith(_NEITHER):
        return None
    for length in range(min(len(word), _LONGEST), _SHORTEST - 1, -1):
        other = _OTHER_OF.get(word[:length])
        if other is not None:
            return other
    noun = _NOUN.fullmatch(word)
    return f"{noun[1]}i{'z' if noun[2] == 's' else 's'}{noun[3]}" if noun else None
