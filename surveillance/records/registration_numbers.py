"""The numbers that trial registries give, found in the fields where a database lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable

# NLM's data banks that hold data, not studies ("Databank Sources", MEDLINE/PubMed Data Element
# Descriptions). All others are registries; a registry that NLM adds later then is one as well.
_DATA_BANKS = frozenset(
    "BioProject BioSample dbGaP dbSNP dbVar Dryad figshare GDB GENBANK GEO OMIM PDB PIR "
    "PubChem-BioAssay PubChem-Compound PubChem-Substance RefSeq SRA SWISSPROT UniMES UniParc "
    "UniProtKB UniRef".casefold().split()
)

# ClinicalTrials.gov and the primary registries of WHO's registry network, as each prints its own.
#: One expression each; none holds a group.
PRINTED = (
    r"NCT\d{8}",
    r"EUCTR\d{4}-\d{6}-\d{2}(?:-[A-Z]{2,3})?",
    r"ISRCTN\d{8}",
    r"ACTRN\d{14}",
    r"ChiCTR[-A-Z]*\d{8,10}",
    r"CTRI/\d{4}/\d{2,3}/\d{6}",
    r"DRKS\d{8}",
    r"IRCT\d{8,14}(?:N\d+)?",
    r"jRCTs?\d{9,10}",
    r"JPRN-\w{5,20}",
    r"UMIN\d{9}",
    r"KCT\d{7}",
    r"NTR\d{3,4}",
    r"NL\d{4}",
    r"NL-OMON\d{3,6}",
    r"PACTR\d{15,16}",
    r"PER-\d{3}-\d{2}",
    r"RBR-\w{6,8}",
    r"RPCEC\d{8}",
    r"SLCTR/\d{4}/\d{3}",
    r"TCTR\d{11}",
)
_NUMBER = re.compile(rf"\b(?:{'|'.join(PRINTED)})\b", re.IGNORECASE)


#: Every number has a digit, but those that begin so: a quick look, for most fields are names.
_DIGIT = re.compile(r"\d")
_NEEDS_NO_DIGIT = re.compile("(?:JPRN|RBR)-", re.IGNORECASE)


def registration_numbers(texts: Iterable[str]) -> tuple[str, ...]:
    """Every registration number in `texts`, once each, in order, as printed."""
    # No number goes on over the end of a line, so that one search does for all.
    together = "\n".join(texts)
    if not _may_hold_a_number(together):
        return ()
    return tuple(dict.fromkeys(_NUMBER.findall(together)))


def _may_hold_a_number(text: str) -> bool:
    if _DIGIT.search(text):
        return True
    return "-" in text and _NEEDS_NO_DIGIT.search(text) is not None


def is_registry(bank: str) -> bool:
    """Whether a data bank that MEDLINE names (“ClinicalTrials.gov”, “GENBANK”) is a registry."""
    return bank.casefold() not in _DATA_BANKS
