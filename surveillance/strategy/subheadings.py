"""MeSH subheadings (qualifiers): two-letter codes, names in records, and which are narrower.

Source: NLM, "Qualifiers by Two-Letter Abbreviation" (MeSH 2024), with those that records indexed
in earlier years still carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CURRENT = {
    "aa": "analogs & derivatives",
    "ab": "abnormalities",
    "ad": "administration & dosage",
    "ae": "adverse effects",
    "ag": "agonists",
    "ah": "anatomy & histology",
    "ai": "antagonists & inhibitors",
    "an": "analysis",
    "bi": "biosynthesis",
    "bl": "blood",
    "bs": "blood supply",
    "cf": "cerebrospinal fluid",
    "ch": "chemistry",
    "ci": "chemically induced",
    "cl": "classification",
    "cn": "congenital",
    "co": "complications",
    "cs": "chemical synthesis",
    "cy": "cytology",
    "de": "drug effects",
    "df": "deficiency",
    "dg": "diagnostic imaging",
    "dh": "diet therapy",
    "di": "diagnosis",
    "dt": "drug therapy",
    "ec": "economics",
    "ed": "education",
    "eh": "ethnology",
    "em": "embryology",
    "en": "enzymology",
    "ep": "epidemiology",
    "es": "ethics",
    "et": "etiology",
    "ge": "genetics",
    "gd": "growth & development",
    "hi": "history",
    "im": "immunology",
    "in": "injuries",
    "ip": "isolation & purification",
    "ir": "innervation",
    "is": "instrumentation",
    "lj": "legislation & jurisprudence",
    "me": "metabolism",
    "mi": "microbiology",
    "mo": "mortality",
    "mt": "methods",
    "nu": "nursing",
    "og": "organization & administration",
    "pa": "pathology",
    "pc": "prevention & control",
    "pd": "pharmacology",
    "ph": "physiology",
    "pk": "pharmacokinetics",
    "po": "poisoning",
    "pp": "physiopathology",
    "ps": "parasitology",
    "px": "psychology",
    "py": "pathogenicity",
    "re": "radiation effects",
    "rh": "rehabilitation",
    "rt": "radiotherapy",
    "sc": "secondary",
    "sd": "supply & distribution",
    "se": "secretion",
    "sn": "statistics & numerical data",
    "st": "standards",
    "su": "surgery",
    "td": "trends",
    "th": "therapy",
    "tm": "transmission",
    "to": "toxicity",
    "tr": "transplantation",
    "tu": "therapeutic use",
    "ul": "ultrastructure",
    "ur": "urine",
    "ve": "veterinary",
    "vi": "virology",
}

_RETIRED = {
    "ct": "contraindications",
    "du": "diagnostic use",
    "ma": "manpower",
    "ra": "radiography",
    "ri": "radionuclide imaging",
    "us": "ultrasonography",
    "ut": "utilization",
}

SUBHEADINGS: Mapping[str, str] = MappingProxyType(_CURRENT | _RETIRED)
"""Name by two-letter code, both in lower case: `SUBHEADINGS["ir"] == "innervation"`."""

# MeSH qualifier hierarchy (NLM, "MeSH Qualifier Hierarchies"): a subheading and those directly
# below it. A broader subheading retrieves the narrower ones unless tagged `:noexp`.
_NARROWER: Mapping[str, tuple[str, ...]] = {
    "adverse effects": ("poisoning", "toxicity"),
    "analysis": ("blood", "cerebrospinal fluid", "isolation & purification", "urine"),
    "anatomy & histology": (
        *("blood supply", "cytology", "embryology", "innervation", "pathology", "ultrastructure"),
    ),
    "chemistry": (
        *("agonists", "analogs & derivatives", "antagonists & inhibitors", "chemical synthesis"),
    ),
    "complications": ("secondary",),
    "cytology": ("pathology", "ultrastructure"),
    "diagnosis": ("diagnostic imaging", "pathology"),
    # Gathered into "diagnostic imaging" in 2017; records indexed before may still carry them.
    "diagnostic imaging": ("radiography", "radionuclide imaging", "ultrasonography"),
    "embryology": ("abnormalities",),
    "epidemiology": ("ethnology", "mortality"),
    "etiology": (
        *("chemically induced", "complications", "congenital", "embryology", "genetics"),
        *("immunology", "microbiology", "parasitology", "transmission"),
    ),
    "metabolism": (
        *("biosynthesis", "blood", "cerebrospinal fluid", "deficiency", "enzymology"),
        *("pharmacokinetics", "urine"),
    ),
    "microbiology": ("virology",),
    "organization & administration": (
        *("economics", "legislation & jurisprudence", "standards", "supply & distribution"),
        "trends",
    ),
    "pharmacology": (
        *("administration & dosage", "adverse effects", "agonists", "antagonists & inhibitors"),
        "pharmacokinetics",
    ),
    "physiology": (
        *("genetics", "growth & development", "immunology", "metabolism", "physiopathology"),
    ),
    "statistics & numerical data": ("epidemiology", "supply & distribution"),
    "surgery": ("transplantation",),
    "therapeutic use": ("administration & dosage", "adverse effects", "poisoning"),
    "therapy": (
        *("diet therapy", "drug therapy", "nursing", "prevention & control", "radiotherapy"),
        *("rehabilitation", "surgery"),
    ),
}


def subheading_family(name: str) -> frozenset[str]:
    """A subheading (lower case, `&` as in MeSH) and every narrower one.

    Source: PubMed User Guide, "MeSH Subheadings [sh]": they "automatically include the more
    specific subheading terms".
    """
    family = {name}
    for narrower in _NARROWER.get(name, ()):
        family |= subheading_family(narrower)
    return frozenset(family)
