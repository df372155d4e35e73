"""The published strategies in ../shared/data/strategies, each with the dialect that it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
_SEED = {
    "medline-ovid": "ovid-medline",
    "embase-ovid": "ovid-embase",
    "cochrane": "cochrane",
    "inahta": "inahta",
}


@dataclass(frozen=True, slots=True)
class Published:
    """One strategy as published; `family` is "ovid", "pubmed", "cochrane" or "inahta"."""

    name: str
    family: str
    dialect: str | None
    text: str


def published(shared: Path = SHARED) -> Iterator[Published]:
    """Every file whose name says its syntax; `dialect` is None where the name says only Ovid."""
    folder = shared / "data" / "strategies"
    for file in sorted(folder.rglob("*.txt")):
        name = str(file.relative_to(folder))
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.parent.name == "seed":
            dialect = _SEED[file.name.split(".")[0]]
            yield Published(name, dialect.split("-")[0], dialect, text)
        elif file.name.endswith(".ovid.txt"):
            yield Published(name, "ovid", None, text)
        elif file.name.endswith((".pubmed.txt", ".cochrane.txt")):
            family = file.name.split(".")[-2]
            yield Published(name, family, family, text)
