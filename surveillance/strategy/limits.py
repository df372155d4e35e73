"""What the limits of a host mean: a named limit as a tree, a date field, a database of several.

Both engines and the translations read these tables; what is not in them is not known here, and
is then open on a record (cannot tell) and a loss in a query.

Sources: Ovid's guides to MEDLINE and Embase for the names of limits; ovid-semantics 7. That the
limits on humans, animals, sex and age rest on indexing, and so lose what is not indexed yet, is
said by libraries' guides; that each is its heading without explosion is not verified (U), and
taken here because check tags have nothing narrower that an indexer would use in their place.
Not known, and so open: `abstracts`, `full text`, subsets such as `systematic reviews`, and the
clinical queries (`therapy (maximizes sensitivity)`), whose filters Ovid changes from time to time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from surveillance.strategy.nodes import Fielded, Heading, Limitation, Node, Or, Phrase, Word

# MARC's codes, which PubMed's records carry; Ovid's and Embase's have the name (NLM's list).
LANGUAGES: Mapping[str, str] = {
    "afrikaans": "afr",
    "albanian": "alb",
    "arabic": "ara",
    "armenian": "arm",
    "bosnian": "bos",
    "bulgarian": "bul",
    "catalan": "cat",
    "chinese": "chi",
    "croatian": "hrv",
    "czech": "cze",
    "danish": "dan",
    "dutch": "dut",
    "english": "eng",
    "estonian": "est",
    "finnish": "fin",
    "french": "fre",
    "georgian": "geo",
    "german": "ger",
    "greek": "gre",
    "hebrew": "heb",
    "hindi": "hin",
    "hungarian": "hun",
    "icelandic": "ice",
    "indonesian": "ind",
    "italian": "ita",
    "japanese": "jpn",
    "korean": "kor",
    "latvian": "lav",
    "lithuanian": "lit",
    "macedonian": "mac",
    "malay": "may",
    "norwegian": "nor",
    "persian": "per",
    "polish": "pol",
    "portuguese": "por",
    "romanian": "rum",
    "russian": "rus",
    "serbian": "srp",
    "slovak": "slo",
    "slovenian": "slv",
    "spanish": "spa",
    "swedish": "swe",
    "thai": "tha",
    "turkish": "tur",
    "ukrainian": "ukr",
    "vietnamese": "vie",
}

_NEWBORN, _INFANT, _PRESCHOOL = "Infant, Newborn", "Infant", "Child, Preschool"
_ADULTS = ("Young Adult", "Adult", "Middle Aged", "Aged", "Aged, 80 and over")
_CHILDREN = (_NEWBORN, _INFANT, _PRESCHOOL, "Child", "Adolescent")

# By the name before the years in parentheses: `all adult (19 plus years)`.
_MESH_LIMITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("humans", "human"), ("Humans",)),
    **dict.fromkeys(("animals", "animal"), ("Animals",)),
    "male": ("Male",),
    "female": ("Female",),
    "pregnancy": ("Pregnancy",),
    "all infant": (_NEWBORN, _INFANT),
    "all child": _CHILDREN,
    "all adult": _ADULTS,
    "newborn infant": (_NEWBORN,),
    "infant": (_INFANT,),
    "preschool child": (_PRESCHOOL,),
    "child": ("Child",),
    "adolescent": ("Adolescent",),
    "young adult": ("Young Adult",),
    "adult": ("Adult",),
    "young adult and adult": ("Young Adult", "Adult"),
    "middle age": ("Middle Aged",),
    "middle aged": ("Middle Aged", "Aged", "Aged, 80 and over"),
    "all aged": ("Aged", "Aged, 80 and over"),
    "aged": ("Aged",),
    "aged, 80 and over": ("Aged, 80 and over",),
}

# Emtree's own headings: the topic's mapping table settles what they are elsewhere.
_EMTREE_LIMITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("humans", "human"), ("human",)),
    **dict.fromkeys(("animals", "animal"), ("animal",)),
    "nonhuman": ("nonhuman",),
    **{name: (name,) for name in ("male", "female", "embryo", "fetus", "infant", "child")},
    **{name: (name,) for name in ("preschool child", "school child", "adolescent")},
    **{name: (name,) for name in ("adult", "aged", "newborn")},
}

# The species and sexes of PubMed's own filters (User Guide, "Filters"): none has narrower terms
# but animals, of which the guide says that the filter is `animals[mh:noexp]`.
_PUBMED_LIMITS: Mapping[str, tuple[str, ...]] = {
    "humans": ("Humans",),
    **dict.fromkeys(("animals", "other animals"), ("Animals",)),
    "male": ("Male",),
    "female": ("Female",),
}

_TRIALS = (
    *("clinical trial", "clinical trial, phase i", "clinical trial, phase ii"),
    *("clinical trial, phase iii", "clinical trial, phase iv", "controlled clinical trial"),
    *("pragmatic clinical trial", "randomized controlled trial"),
)
_TYPES: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in _TRIALS},
    **{name: (name,) for name in ("case reports", "comparative study", "meta analysis", "review")},
    **{name: (name,) for name in ("multicenter study", "observational study", "editorial")},
    **{name: (name,) for name in ("letter", "news", "comment", "congress", "guideline")},
    **{name: (name,) for name in ("practice guideline", "journal article", "systematic review")},
    **{name: (name,) for name in ("validation study", "evaluation study", "historical article")},
    "clinical trial, all": _TRIALS,
    "review articles": ("review",),
}
_EMBASE_TYPES: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("article", "article in press", "book", "chapter", "editorial")},
    **{name: (name,) for name in ("conference abstract", "conference paper", "erratum", "letter")},
    **{name: (name,) for name in ("conference review", "note", "review", "short survey")},
    "conference abstracts": ("conference abstract",),
}

_HEADINGS = {
    "ovid-medline": _MESH_LIMITS,
    "ovid-embase": _EMTREE_LIMITS,
    "pubmed": _PUBMED_LIMITS,
}
_PUBLICATION_TYPES = {
    "ovid-medline": _TYPES,
    "ovid-embase": _EMBASE_TYPES,
    "pubmed": _TYPES,
}
_YEARS = re.compile(r"[(<][^()<>]{0,60}[)>]")
_FIELD_OF_LIMIT = re.compile(r"(?P<field>la|lg|pt)=(?P<value>.+)")

# The dates of `RecordDateSet` by the date codes of the dialects. Ovid MEDLINE: `yr` is the year of
# publication; `ed` the date on which NLM completed the record (Ovid's news on MEDLINE, 2001: "the
# date that the update was completed by NLM"), nearest to which is PubMed's MeSH date: U, hence open
# where a record is not indexed yet; `ez` PubMed's entry date, `dt` its creation, `up` and `rd` its
# last revision (U). What Embase dates itself (`dc`, `dd`, `em`) no record of another source has.
_DATES: Mapping[str, str] = {
    **dict.fromkeys(("yr", "py", "dp", "pdat"), "published"),
    **dict.fromkeys(("edat", "ez"), "entered"),
    **dict.fromkeys(("crdt", "dt"), "created"),
    **dict.fromkeys(("mhda", "ed"), "indexed"),
    **dict.fromkeys(("lr", "mdat", "up", "rd"), "revised"),
}

# Ovid's codes of databases (Ovid's database guides, CADTH's page on multifile searches). Of a
# segment (in process only, some years only) it is not known whether it holds a given record.
_WHOLE: Mapping[str, frozenset[str]] = {
    "ovid-medline": frozenset({"medall", "ppez", "ppezv", "pmez", "prmz", "mesz", "mezz"}),
    "ovid-embase": frozenset({"oemezd", "oemez", "oemz", "emez", "emezd", "emczd", "emcz"}),
    "cochrane": frozenset({"cctr", "coch"}),
}
_SEGMENTS: Mapping[str, frozenset[str]] = {
    "ovid-medline": frozenset(
        {
            *("prem", "premd", "mesx", "medl", "medf", "medp", "medc", "med1", "med2", "med3"),
            *("med4", "med5", "med6", "med7", "med8", "medo", "mepr", "pmoz"),
        }
    ),
    "ovid-embase": frozenset({"emed", "emef", "emeb", "emca", "emcr", "emdp", "emps"}),
}
_OTHERS = frozenset(
    {
        *("psyh", "psyc", "psycf", "psyf", "psyb", "psyt", "amed", "hstr", "cagh", "cabi", "dare"),
        *(
            "clhta",
            "cleed",
            "clcmr",
            "acp",
            "hmic",
            "ibss",
            "eric",
            "soca",
            "econ",
            "joan",
            "yrovft",
        ),
        *("cmez", "biosis", "ipab", "cinahl", "globh", "mwic", "wexmed", "nurs", "ovrn"),
    }
)
KNOWN_DATABASES = _OTHERS.union(*_WHOLE.values(), *_SEGMENTS.values())
"""The codes that `use` may be followed by where no line number tells it from a word."""


def meaning_of(limitation: Limitation, dialect: str) -> Node | None:
    """A named limit as a tree in the codes of its dialect; None: what it means is not known.

    A limit of MEDLINE on humans, sex or age is MeSH headings without explosion; the same in
    Embase is Emtree headings, which only a topic's mapping table can settle.
    """
    name = limitation.name
    stated = _FIELD_OF_LIMIT.fullmatch(name)
    if stated:
        name = stated["value"].strip()
    language = name.removesuffix(" language")
    if language in LANGUAGES and (not stated or stated["field"] != "pt"):
        codes = (Word((language,)), Word((LANGUAGES[language],)))
        return Fielded(Or(codes), ("la",))
    types = _PUBLICATION_TYPES.get(dialect, {}).get(name)
    if types:
        return _any_of([Fielded(_text(kind), ("pt",)) for kind in types])
    headings = _HEADINGS.get(dialect, {}).get(_YEARS.sub("", name).strip())
    return _any_of([Heading(heading) for heading in headings]) if headings else None


def _any_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _text(name: str) -> Node:
    words = tuple(Word((word,)) for word in re.findall(r"\w+", name))
    return words[0] if len(words) == 1 else Phrase(words)


def date_of(code: str) -> str | None:
    """The date of a record (`RecordDateSet`) that a code asks for; None: none that we carry."""
    return _DATES.get(code)


def holds(databases: tuple[str, ...], dialect: str) -> bool | None:
    """Is the database of this dialect among these of `5 use ppez`?

    None: one of them is not known here, or is a segment that may or may not hold a record.
    """
    whole = _WHOLE.get("ovid-medline" if dialect == "pubmed" else dialect, frozenset())
    if whole.intersection(databases):
        return True
    segments = _SEGMENTS.get("ovid-medline" if dialect == "pubmed" else dialect, frozenset())
    elsewhere = KNOWN_DATABASES - segments
    return False if elsewhere.issuperset(databases) else None
