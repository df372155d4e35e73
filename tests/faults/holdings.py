"""A tiny topic and what its sources hold over four weeks: everything that can befall a record."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.small_world import EXAMPLE, KNOWN, STRATEGY, TOPIC, Article, study

WEEKS = (date(2024, 8, 2), date(2024, 8, 9), date(2024, 8, 16), date(2024, 8, 23))
TOPIC_NAME = "tiny"
OFF_TOPIC = "Something else"
EXACT, RELAXED = "Stump pain", "Stump and one two three four words of pain"

_SECOND = """\
[[strategies]]
name = "phantom"
file = "phantom.ovid.txt"
dialect = "ovid-medline"
route = "pubmed"
database = "MEDLINE (second)"
searched_on = 2024-08-02
[trials]
"""
_PHANTOM = """\
1 , (phantom adj2 limb*).tw. , 5
2 , pain*.ti. , 5
3 , 1 and 2 , 2
"""
_WATCHED = """\
[[watched_trials]]
nct = "NCT90000003"
title = "The trial that gets another number"
recommendations = ["1.1"]
[[recipients]]
name = "the other team"
[[recipients]]
"""
#: Known items: one that will be retracted, one deleted, one merged into another.
RETRACTED, DELETED, MERGED, SURVIVOR = 90000001, 90000006, 90000004, 90000005


def write_topic(folder: Path) -> Path:
    """The tiny topic as a folder of files; where it lies."""
    topic = folder / TOPIC_NAME
    topic.mkdir(parents=True)
    text = TOPIC.replace("[trials]\n", _SECOND, 1).replace("[[recipients]]\n", _WATCHED, 1)
    text = text.replace('[europe_pmc]\nstrategies = ["medline"]', _FORWARD)
    (topic / "topic.toml").write_text(text, encoding="utf-8")
    (topic / "medline.ovid.txt").write_text(STRATEGY, encoding="utf-8")
    (topic / "phantom.ovid.txt").write_text(_PHANTOM, encoding="utf-8")
    known = "".join(map(_known_item, (RETRACTED, DELETED, MERGED)))
    (topic / "known_items.csv").write_text(KNOWN + known, encoding="utf-8")
    for name in ("criteria.toml", "mesh.tsv"):
        shutil.copy(EXAMPLE / name, topic)
    return topic


_FORWARD = '[europe_pmc]\nstrategies = ["medline", "phantom"]'


def _known_item(pmid: int) -> str:
    return (
        f"author-{pmid},table 2,A citation,{EXACT} ({pmid}),Author{pmid} A,2024,"
        f"A journal,,,cohort study,10.5555/{pmid},{pmid},medline,1.1\n"
    )


def write_holdings(folder: Path) -> None:
    """What PubMed, ClinicalTrials.gov and Europe PMC hold in each of `WEEKS`."""
    for day, articles in zip(WEEKS, _articles(), strict=True):
        gone = "<DeleteCitation><PMID>90000006</PMID></DeleteCitation>" if day == WEEKS[2] else ""
        entries = "".join(one.xml for one in articles) + gone
        _write(folder / f"{day}" / "pubmed.xml", f"<PubmedArticleSet>{entries}</PubmedArticleSet>")
    _write(folder / f"{WEEKS[2]}" / "merged.toml", f'{MERGED} = "{SURVIVOR}"\n')
    for day, documents in zip(WEEKS, _studies(), strict=True):
        for document in documents:
            nct = document["protocolSection"]["identificationModule"]["nctId"]
            _write(folder / f"{day}" / "studies" / f"{nct}.json", json.dumps(document))
    for day, results in zip(WEEKS, _preprints(), strict=True):
        for result in results:
            name = f"{result['result']['id']}.json"
            _write(folder / f"{day}" / "europepmc" / name, json.dumps(result))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _articles() -> tuple[list[Article], ...]:
    """By week: new, revised, indexed late, retracted, the same report twice, added late."""
    first, second, third, fourth = WEEKS
    stumps = ("Amputation Stumps",)
    base = [Article(90000000 + n, created=first - timedelta(days=40 * n)) for n in range(1, 8)]
    base += [
        Article(90000008, RELAXED, OFF_TOPIC),
        Article(90000009, OFF_TOPIC, OFF_TOPIC, mesh=stumps, indexed=date(2024, 1, 20)),
        Article(90000010, "Phantom limb pain", OFF_TOPIC),
        Article(90000011, "Phantom limb and stump pain", created=date(2024, 7, 20)),
        Article(90000012, OFF_TOPIC, OFF_TOPIC, created=date(2024, 7, 28)),
    ]
    return (
        base,
        [
            Article(90000013, created=second - timedelta(days=2)),
            Article(90000014, "Phantom limb pain", OFF_TOPIC, created=second),
            Article(90000002, abstract="Stump pain, corrected.", revised=second),
            Article(90000012, OFF_TOPIC, OFF_TOPIC, mesh=stumps, indexed=second),
            Article(90000015, created=date(2023, 5, 5)),  # no date shows that it is new
        ],
        [
            Article(90000016, "Randomised trial: stump pain", created=third),
            Article(90000017, created=third - timedelta(days=1), doi="10.5555/90000013"),
            _retracted(RETRACTED, third),
            Article(90000018, RELAXED, OFF_TOPIC, created=third),
            Article(90000019, "Phantom limb pain", OFF_TOPIC, created=date(2023, 6, 6)),
        ],
        [
            Article(90000020, created=fourth - timedelta(days=3)),
            Article(90000018, EXACT, created=third, revised=fourth),
            Article(90000009, OFF_TOPIC, OFF_TOPIC, mesh=("Pain",), revised=fourth),
        ],
    )


def _retracted(pmid: int, day: date) -> Article:
    kinds = ("Journal Article", "Retracted Publication")
    return Article(pmid, created=WEEKS[0] - timedelta(days=40), types=kinds, revised=day)


def _studies() -> tuple[list[Any], ...]:
    title = "A trial on amputation and neuroma"
    numbers = [f"NCT9000000{n}" for n in range(1, 7)]
    pain = "Stump pain after amputation with neuroma"
    return (
        [study(nct, title) for nct in numbers[:4]],
        [study(numbers[0], title, status="COMPLETED"), study(numbers[4], pain)],
        [study("NCT90000007", title, aliases=(numbers[2],)), study(numbers[5], title)],
        [study(numbers[5], title, status="TERMINATED")],
    )


def _preprints() -> tuple[list[Any], ...]:
    cites = [f"MED:{RETRACTED}"]
    return (
        [_result("PPR", "PPR1", "Stump pain in a preprint", WEEKS[0])],
        [_result("PPR", "PPR2", "Stump pain, another preprint", WEEKS[1], cites)],
        [_result("MED", "90000012", OFF_TOPIC, WEEKS[0], cites)],
        [_result("PPR", "PPR3", OFF_TOPIC, WEEKS[3], cites)],
    )


def _result(source: str, name: str, title: str, day: date, cites: list[str] | None = None) -> Any:
    result = {
        "id": name,
        "source": source,
        "title": title,
        "authorString": f"Author{name} B.",
        "pubYear": str(day.year),
        "abstractText": f"{title} was studied.",
        "pubTypeList": {"pubType": ["Preprint" if source == "PPR" else "Journal Article"]},
        "firstIndexDate": day.isoformat(),
        "dateOfCreation": day.isoformat(),
        "firstPublicationDate": day.isoformat(),
    }
    if source == "MED":
        result["pmid"] = name
    return {"result": result, "cites": cites or []}
