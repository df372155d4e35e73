"""The dialect of a text that nobody names."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from surveillance.strategy.parse.detect import detect

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"

SHORT = {
    "1. Pain/\n2. pain.tw.\n3. or/1-2": "ovid-medline",
    "(nerve* adj4 transfer*).ti,ab.": "ovid-medline",
    "exp Amputation, Surgical/": "ovid-medline",
    "double blind procedure/ or pain.ti,ab,tn.": "ovid-embase",
    "1. exp vaginal ring/\n2. limit 1 to human": "ovid-embase",
    "1. exp Vagina/\n2. limit 1 to humans": "ovid-medline",
    "Embase <1974 to 2020>\n1. pain.tw.": "ovid-embase",
    "Ovid MEDLINE(R) ALL <1946 to 2020>\n1. pain.tw.": "ovid-medline",
    "#1 MeSH descriptor: [Pain] explode all trees\n#2 pain:ti,ab,kw\n#3 #1 or #2": "cochrane",
    '[mh "Phantom Limb"] or (phantom near/3 limb)': "cochrane",
    '#1 "Phantom Limb"[mhe]\n#2 phantom AND limb\n#3 #1 OR #2': "inahta",
    '"Phantom Limb"[Mesh] OR phantom limb*[tiab]': "pubmed",
    '#1 pain[Title/Abstract]\n#2 "nerve block"[tiab:~3]\n#3 #1 AND #2': "pubmed",
    "“heart attack”[mh] AND aspirin": "pubmed",
    "heart attack AND aspirin": "pubmed",
    "": "ovid-medline",
    "pain": "ovid-medline",
}


@pytest.mark.parametrize(("text", "dialect"), SHORT.items())
def test_a_dialect_is_known_by_its_marks(text: str, dialect: str) -> None:
    assert detect(text) == dialect


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("medline.ovid.txt", "ovid-medline"),
        ("embase.ovid.txt", "ovid-embase"),
        ("cochrane.txt", "cochrane"),
        ("inahta.txt", "inahta"),
    ],
)
def test_the_published_strategies_of_the_topic_are_known(name: str, dialect: str) -> None:
    assert detect((TOPIC / name).read_text("utf-8")) == dialect


@pytest.mark.parametrize("piece", ["a", " ", "exp ", '"a ', "[ti", "a, b c ", "A Aa ", "\n", "1/"])
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    detect(text)
    begin = time.process_time()
    detect(text)
    assert time.process_time() - begin < 0.25  # measured: under 0.01


@pytest.mark.shared
def test_the_dialect_of_every_published_strategy_is_known(shared: Path) -> None:
    folder = shared / "data" / "strategies"
    index = json.loads((folder / "sunami-published-appendices" / "INDEX.json").read_text("utf-8"))
    sections = {item["file"]: item["heading"] for item in index["items"]}
    wrong, total = [], 0
    for file in sorted(folder.rglob("*.txt")):
        expected = _named(file, sections.get(file.name, file.name))
        if expected is None:
            continue
        total += 1
        found = detect(file.read_text("utf-8", "replace"))
        if found not in expected:
            wrong.append((file.name, found))
    print(f"{total} strategies, dialect not recognised: {wrong}")
    assert total > 250
    assert len(wrong) <= 0.02 * total


def _named(file: Path, heading: str) -> tuple[str, ...] | None:
    """The dialects that a file's name and heading allow; None: none of ours."""
    if ".pubmed." in file.name:
        return ("pubmed",)
    if "inahta" in file.name:
        return ("inahta",)
    if "cochrane.raw" in file.name or "cochrane.clean" in file.name or ".cochrane." in file.name:
        return ("cochrane",)
    if "ovid" not in file.name:
        return None
    if "embase" in heading.lower():
        return ("ovid-embase",)
    # Ovid also has CENTRAL and PsycINFO, which are neither of the two.
    other = any(name in heading.lower() for name in ("central", "psycinfo"))
    return ("ovid-medline", "ovid-embase") if other else ("ovid-medline",)
