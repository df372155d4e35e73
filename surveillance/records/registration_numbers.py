"""The numbers that trial registries give, found in the fields where a database lists them."""

from __future__ import annotations

from collections.abc import Iterable

from surveillance.records.trial_numbers import PRINTED, may_hold_a_number

# NLM's data banks that hold data, not studies ("Databank Sources", MEDLINE/PubMed Data Element
# Descriptions). All others are registries; a registry that NLM adds later then is one as well.
_DATA_BANKS = frozenset(
    "BioProject BioSample dbGaP dbSNP dbVar Dryad figshare GDB GENBANK GEO OMIM PDB PIR "
    "PubChem-BioAssay PubChem-Compound PubChem-Substance RefSeq SRA SWISSPROT UniMES UniParc "
    "UniProtKB UniRef".casefold().split()
)


def registration_numbers(texts: Iterable[str]) -> tuple[str, ...]:
    """Every registration number in `texts`, once each, in order, as printed."""
    # No number goes on over the end of a line, so that one search does for all.
    together = "\n".join(texts)
    if not may_hold_a_number(together):
        return ()
    return tuple(dict.fromkeys(PRINTED.findall(together)))


def is_registry(bank: str) -> bool:
    """Whether a data bank that MEDLINE names (“ClinicalTrials.gov”, “GENBANK”) is a registry."""
    return bank.casefold() not in _DATA_BANKS
