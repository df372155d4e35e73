"""The demonstration's snapshot: fresh, well-formed, in reserved ranges, true, and as expected."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import Bio.Entrez
import pytest
from lxml import etree

from surveillance.dedup.candidates import Entry, keys_of
from surveillance.dedup.decide import Verdict as Pair
from surveillance.dedup.decide import decide_pair
from surveillance.records.europe_pmc import lacking_in_pubmed, read_result
from surveillance.records.model import Record
from surveillance.records.pubmed_xml import latest_versions, read_pubmed_xml
from surveillance.records.ris import read_ris
from surveillance.runs import Watermark
from surveillance.screening.criteria import Criteria, read_criteria
from surveillance.screening.rules import screen
from surveillance.simulator.snapshot_builder import SNAPSHOT, built_files, write
from surveillance.simulator.snapshot_builder.source import (
    BANNER,
    LATER_WEEK,
    PUBLISHED_SEARCH,
    Article,
    Source,
    read_source,
)
from surveillance.sources.files import read_export
from surveillance.strategy.evaluate.europe_pmc import matches as europe_pmc_matches
from surveillance.strategy.evaluate.europe_pmc import parse_query as parse_europe_pmc
from surveillance.strategy.evaluate.pubmed import matches
from surveillance.strategy.evaluate.pubmed_syntax import PubMedQuery, parse_query
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.europe_pmc import translate as to_europe_pmc
from surveillance.strategy.translate.pubmed import translate
from surveillance.studies.changes import compare
from surveillance.studies.links import registration_numbers
from surveillance.studies.registrations import Registration, read_study
from surveillance.topics import KnownItem, read_known_items

ROOT = Path(__file__).resolve().parents[2]
TOPIC = ROOT / "search_strategies" / "targeted_muscle_reinnervation"
EXPECTED = tomllib.loads((SNAPSHOT / "expected.toml").read_text(encoding="utf-8"))
DAYS = (PUBLISHED_SEARCH, LATER_WEEK)
EXPORTS = ("embase", "central", "cdsr", "inahta")
WINDOW = Watermark("medline", "pubmed", PUBLISHED_SEARCH).next_window(LATER_WEEK)


@cache
def source() -> Source:
    return read_source(SNAPSHOT / "source")


@cache
def articles() -> dict[str, Article]:
    return {article.key: article for week in source().weeks for article in week.articles}


@cache
def known_items() -> tuple[KnownItem, ...]:
    return read_known_items(TOPIC / "known_items.csv")


@cache
def pubmed(day: date) -> dict[str, Record]:
    """What a day's folder holds, by the article's key."""
    keys = {article.pmid: article.key for article in articles().values()}
    with (SNAPSHOT / f"{day}" / "pubmed.xml").open("rb") as stream:
        captured = latest_versions(read_pubmed_xml(stream))
    return {keys[one.record.source_id]: one.record for one in captured}


@cache
def exported(name: str) -> tuple[Record, ...]:
    text = (SNAPSHOT / f"{PUBLISHED_SEARCH}" / "exports" / f"{name}.ris").read_text("utf-8")
    captured, unread = read_ris(text, source=name)
    assert not unread
    return tuple(one.record for one in captured)


@cache
def registration(day: date, nct: str) -> Registration:
    return read_study((SNAPSHOT / f"{day}" / "studies" / f"{nct}.json").read_bytes())


@cache
def strategy() -> Strategy:
    return read_strategy((TOPIC / "medline.ovid.txt").read_text(encoding="utf-8"))


@cache
def query() -> PubMedQuery:
    return parse_query(translate(strategy()).query)


@cache
def mesh() -> MeshTree:
    return MeshTree.load(TOPIC / "mesh.tsv")


@cache
def criteria() -> Criteria:
    return read_criteria(TOPIC / "criteria.toml")


def verdict(record: Record) -> Verdict:
    return evaluate(strategy(), record, mesh=mesh())


def retrieved(record: Record) -> bool:
    return matches(query(), record, mesh())


# Built


def test_the_built_files_are_what_the_source_says() -> None:
    files = {
        str(path.relative_to(SNAPSHOT)): path.read_bytes()
        for day in DAYS
        for path in (SNAPSHOT / f"{day}").rglob("*.*")
    }
    stale = "run python -m surveillance.simulator.snapshot_builder"
    built = built_files()
    assert files.keys() == built.keys(), stale
    assert [name for name in files if files[name] != built[name]] == [], stale


def test_a_file_that_the_source_no_longer_names_goes(tmp_path: Path) -> None:
    (tmp_path / "source").symlink_to(SNAPSHOT / "source")
    leftover = tmp_path / "2024-08-02" / "studies" / "NCT99000099.json"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("{}")
    write(tmp_path)
    assert not leftover.exists()
    assert (tmp_path / "2025-01-31" / "pubmed.xml").is_file()


@pytest.mark.parametrize("day", DAYS)
def test_the_xml_is_valid_by_nlms_own_dtd(day: date) -> None:
    dtd = etree.DTD(str(Path(Bio.Entrez.__file__).parent / "DTDs" / "pubmed_250101.dtd"))
    document = etree.parse(str(SNAPSHOT / f"{day}" / "pubmed.xml"))
    assert dtd.validate(document), dtd.error_log


@pytest.mark.parametrize("day", DAYS)
def test_biopython_reads_it_too(day: date) -> None:
    with (SNAPSHOT / f"{day}" / "pubmed.xml").open("rb") as stream:
        found = Bio.Entrez.read(stream)["PubmedArticle"]
    assert len(found) == len(pubmed(day))


# Constructed


@pytest.mark.parametrize("name", sorted(built_files()))
def test_every_file_says_that_it_is_constructed(name: str) -> None:
    assert BANNER in (SNAPSHOT / name).read_text("utf-8")


@pytest.mark.parametrize("path", sorted((SNAPSHOT / "source").iterdir()), ids=lambda p: p.name)
def test_every_source_file_begins_with_the_banner(path: Path) -> None:
    assert path.read_text("utf-8").startswith(f"# {BANNER}.")


def test_every_record_carries_the_banner_by_itself() -> None:
    for day in DAYS:
        document = etree.parse(str(SNAPSHOT / f"{day}" / "pubmed.xml"))
        for article in document.iterfind("PubmedArticle"):
            assert article.findtext("MedlineCitation/GeneralNote") == f"{BANNER}."
    for name in EXPORTS:
        text = (SNAPSHOT / f"{PUBLISHED_SEARCH}" / "exports" / f"{name}.ris").read_text("utf-8")
        assert text.count(f"N1  - {BANNER}") == len(exported(name))


def test_every_identifier_is_in_a_reserved_range() -> None:
    for name, content in built_files().items():
        text = content.decode()
        assert not re.findall(r"\b10\.(?!5555/demo\.)\d{4,9}/", text), name
        assert all(pmid.startswith("900") for pmid in re.findall(r"<PMID[^>]*>(\d+)", text)), name
        assert all(pmid.startswith("900") for pmid in re.findall(r"PUBMED (\d+)", text)), name


def test_every_trial_number_is_a_watched_one_or_fictitious() -> None:
    watched = set(re.findall(r"NCT\d{8}", (TOPIC / "topic.toml").read_text("utf-8")))
    assert len(watched) == 4
    for name, content in built_files().items():
        numbers = set(re.findall(r"NCT\d{8}", content.decode()))
        assert all(n in watched or n.startswith("NCT990000") for n in numbers), name


def test_what_is_fictitious_is_in_an_invented_journal_by_invented_authors() -> None:
    known = {item.key for item in known_items()}
    real = {
        name for article in articles().values() if article.key in known for name in article.authors
    }
    for article in articles().values():
        if article.key not in known:
            assert article.journal.startswith("Demonstration "), article.key
            assert real.isdisjoint(article.authors), article.key


# True


def test_every_known_item_is_there_as_the_guidance_cites_it() -> None:
    for item in known_items():
        article = articles()[item.key]
        assert article.title == item.title
        assert (article.year, article.journal, article.volume) == (
            item.year,
            item.journal,
            item.volume,
        )
        assert article.authors[0].split()[:-1] == item.first_author.split()[:-1]
        assert article.pages.split("-")[0] == re.split("[–-]", item.pages)[0]


def test_known_items_stand_where_they_are_expected() -> None:
    held = {
        "medline": set(pubmed(PUBLISHED_SEARCH)),
        **{
            name: {record.article for record in source().exports if record.export == name}
            for name in EXPORTS
        },
    }
    for item in known_items():
        assert {name for name, keys in held.items() if item.key in keys} == set(item.expected_in)


def normal(text: str) -> str:
    text = re.sub(r"^IP overview:.*$", "", html.unescape(text), flags=re.MULTILINE)
    text = re.sub(r"</?[a-z]+>", " ", text)
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


@pytest.fixture(scope="session")
def seeds(shared: Path) -> str:
    return " | ".join(normal(p.read_text("utf-8")) for p in (shared / "seeds").glob("*.txt"))


@pytest.mark.shared
def test_no_abstract_is_copied(seeds: str) -> None:
    for article in articles().values():
        words = normal(article.abstract).split()
        runs = [" ".join(words[at : at + 8]) for at in range(len(words) - 7)]
        assert not [run for run in runs if run in seeds], article.key


@pytest.mark.shared
def test_every_number_of_a_known_items_abstract_is_the_overviews(seeds: str) -> None:
    """Not a proof, but a slip of the pen shows: a figure that nobody printed."""
    printed = set(re.findall(r"\d+", seeds))
    for item in known_items():
        figures = re.findall(r"\d[\d,]*(?:\.\d+)?", articles()[item.key].abstract)
        for figure in figures:
            assert set(re.findall(r"\d+", figure)) <= printed, (item.key, figure)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("nct", "facts"),
    [
        ("NCT05408520", "rct us n 50 completion date may 2025"),
        ("NCT04658368", "observational us n 60 completion date jan 2025"),
        ("NCT04204668", "rct us n 90 completion date april 2028"),
        (
            "NCT05009394",
            "rct us australia canada chile italy sweden uk n 110 completion date june 2028",
        ),
    ],
)
def test_a_watched_trials_facts_are_the_overviews(seeds: str, nct: str, facts: str) -> None:
    trial = registration(PUBLISHED_SEARCH, nct)
    assert f"{normal(trial.title)} {nct.lower()} {facts}" in seeds
    design, *countries = facts.split(" n ", maxsplit=1)[0].split()
    assert design == ("rct" if trial.allocation == "RANDOMIZED" else trial.study_type.lower())
    short = {"United States": "us", "United Kingdom": "uk"}
    assert {short.get(country, country.lower()) for country in trial.countries} == set(countries)
    assert trial.completion is not None
    completed = date.fromisoformat(f"{trial.completion.text}-01")
    size, month, year = re.findall(r" n (\d+) completion date (\w+) (\d+)", facts)[0]
    assert (trial.enrolment, completed.year) == (int(size), int(year))
    assert f"{completed:%B}".lower().startswith(month)


# What each day must show


def test_every_article_that_is_no_known_item_is_expected() -> None:
    known = {item.key for item in known_items()}
    for day, name in zip(DAYS, ("published_search", "later_week"), strict=True):
        assert EXPECTED[name]["day"] == day
        keys = [expected["key"] for expected in EXPECTED[name]["articles"]]
        assert Counter(keys) == Counter(set(pubmed(day)) - known)


@pytest.mark.parametrize(
    "key", [item.key for item in known_items() if "medline" in item.expected_in]
)
def test_every_known_item_in_medline_is_matched_exactly_and_retrieved(key: str) -> None:
    record = pubmed(PUBLISHED_SEARCH)[key]
    not_indexed = EXPECTED["published_search"]["known_items_not_indexed"]
    assert verdict(record) is (Verdict.CANNOT_TELL if key in not_indexed else Verdict.MATCH)
    assert retrieved(record)


EXPECTED_ARTICLES = [
    pytest.param(day, expected, id=f"{day}-{expected['key']}")
    for day, name in zip(DAYS, ("published_search", "later_week"), strict=True)
    for expected in EXPECTED[name]["articles"]
]


@pytest.mark.parametrize(("day", "expected"), EXPECTED_ARTICLES)
def test_each_record_is_verified_and_retrieved_as_expected(
    day: date, expected: dict[str, Any]
) -> None:
    record = pubmed(day)[expected["key"]]
    assert str(verdict(record)) == expected["verdict"]
    assert retrieved(record) is expected["retrieved"]


@pytest.mark.parametrize(("day", "expected"), EXPECTED_ARTICLES)
def test_each_record_that_goes_on_is_screened_as_expected(
    day: date, expected: dict[str, Any]
) -> None:
    record = pubmed(day)[expected["key"]]
    goes_on = verdict(record) is not Verdict.NO_MATCH and retrieved(record)
    assert goes_on is bool(expected["screening"])
    if goes_on:
        proposal = screen([record], criteria())
        assert str(proposal.verdict) == expected["screening"], proposal.reason
        if "criterion" in expected:
            assert proposal.criterion == expected["criterion"]


def test_what_central_holds_besides_articles_is_dropped_with_its_count() -> None:
    export = read_export(SNAPSHOT / f"{PUBLISHED_SEARCH}" / "exports" / "central.ris", "CENTRAL")
    dropped = EXPECTED["published_search"]["dropped_from_central"]
    assert sorted(one.count for one in export.dropped) == sorted(dropped.values())
    assert len(export.captured) == len(exported("central")) - sum(dropped.values())


@pytest.mark.parametrize("name", ["embase", "cdsr", "inahta"])
def test_nothing_is_dropped_from_the_other_exports(name: str) -> None:
    path = SNAPSHOT / f"{PUBLISHED_SEARCH}" / "exports" / f"{name}.ris"
    export = read_export(path, name)
    assert not export.dropped
    assert not export.unread
    assert len(export.captured) == len(exported(name))


def test_the_same_article_from_two_databases_is_the_same_or_doubtful_as_expected() -> None:
    doubtful = EXPECTED["published_search"]["doubtful"]
    for record in source().exports:
        article = articles().get(record.article)
        if not article or not article.pmid:
            continue
        other = next(r for r in exported(record.export) if r.source_id == record.accession)
        held = pubmed(PUBLISHED_SEARCH)[article.key]
        wanted = Pair.DOUBTFUL if record.accession in doubtful else Pair.SAME
        assert decide_pair(Entry(1, held), Entry(2, other)).verdict is wanted, record


def test_two_articles_are_never_surely_the_same() -> None:
    of = {record.accession: record.article or record.accession for record in source().exports}
    held = {record.pmid: key for day in DAYS for key, record in pubmed(day).items()}
    everything = [
        *((held[record.pmid], record) for day in DAYS for record in pubmed(day).values()),
        *((of[record.source_id], record) for name in EXPORTS for record in exported(name)),
    ]
    entries = [Entry(number, record) for number, (_, record) in enumerate(everything)]
    pairs = [
        (first, second)
        for first, second in combinations(entries, 2)
        if everything[first.id][0] != everything[second.id][0]
        and keys_of(first.form) & keys_of(second.form)
    ]
    assert len(pairs) > 100
    for first, second in pairs:
        assert decide_pair(first, second).verdict is not Pair.SAME, (first, second)


# The later week


def test_new_records_were_created_in_the_window_and_old_ones_before() -> None:
    before = pubmed(PUBLISHED_SEARCH)
    for key, record in before.items():
        created = record.dates.created
        assert created is not None
        assert created <= PUBLISHED_SEARCH, key
    for key, record in pubmed(LATER_WEEK).items():
        created = record.dates.created
        assert created is not None
        assert WINDOW.since is not None
        assert (created >= WINDOW.since) is (key not in before), key
        assert created <= LATER_WEEK
        assert record.dates.entered == created


def test_dates_mean_what_nlm_says_they_mean() -> None:
    """MHDA is the day of entry until MeSH arrives, LR never before either (source-facts)."""
    for day in DAYS:
        for key, record in pubmed(day).items():
            dates = record.dates
            assert dates.created and dates.indexed and dates.revised, key
            if record.mesh is None:
                assert dates.indexed == dates.created, key
            assert dates.created <= dates.indexed <= dates.revised <= day, key
            assert (record.status == "MEDLINE") is (record.mesh is not None), key


def test_the_old_record_is_found_by_the_day_it_gained_mesh_alone() -> None:
    before, after = (pubmed(day)["marchetti-2024"] for day in DAYS)
    assert before.mesh is None
    assert not retrieved(before)
    assert retrieved(after)
    assert WINDOW.since is not None
    assert after.dates.created is not None
    assert after.dates.indexed is not None
    assert after.dates.created < WINDOW.since <= after.dates.indexed


def test_a_study_is_retracted_and_its_notice_is_not() -> None:
    before, after = (pubmed(day)["fairweather-2022"] for day in DAYS)
    notice = pubmed(LATER_WEEK)["retraction-notice-2025"]
    assert not before.retracted
    assert after.retracted
    assert "Retracted Publication" in after.publication_types
    assert not notice.retracted
    assert {c.pmid for c in after.corrections} == {notice.pmid}
    assert {c.pmid for c in notice.corrections} == {after.pmid}
    assert "Retraction of Publication" in notice.publication_types
    retracted = [key for day in DAYS for key, record in pubmed(day).items() if record.retracted]
    assert retracted == ["fairweather-2022"]


def test_one_new_report_names_a_watched_trial() -> None:
    naming = {
        key: record.registrations
        for day in DAYS
        for key, record in pubmed(day).items()
        if registration_numbers(record)
    }
    assert naming == {"analysis-plan-2024": ("NCT05009394",)}
    assert "NCT05009394" in (pubmed(LATER_WEEK)["analysis-plan-2024"].abstract or "")


@pytest.mark.parametrize(
    ("nct", "changed"),
    [
        ("NCT04658368", {"status"}),
        ("NCT05009394", {"primary completion"}),
        ("NCT05408520", set()),
    ],
)
def test_watched_trials_change_as_expected(nct: str, changed: set[str]) -> None:
    changes = compare(registration(PUBLISHED_SEARCH, nct), registration(LATER_WEEK, nct))
    weighty = {change.field for change in changes if str(change.weight) in ("high", "medium")}
    assert weighty == changed


def test_one_trial_is_registered_since_the_published_search() -> None:
    numbers = [{p.stem for p in (SNAPSHOT / f"{day}" / "studies").iterdir()} for day in DAYS]
    assert numbers[1] - numbers[0] == {"NCT99000001"}
    assert registration(LATER_WEEK, "NCT99000001").first_posted > f"{PUBLISHED_SEARCH}"


def test_study_documents_have_the_shape_of_the_api() -> None:
    for name, content in built_files().items():
        if "/studies/" in name:
            document = json.loads(content)
            assert document.keys() == {"protocolSection", "hasResults"}
            number = document["protocolSection"]["identificationModule"]["nctId"]
            assert number == Path(name).stem


@pytest.mark.shared
def test_study_documents_use_no_module_that_the_api_lacks(shared: Path) -> None:
    captured = shared / "data" / "clinicaltrials" / "studies"
    real = [json.loads(path.read_bytes()) for path in captured.glob("NCT*.json")]
    known = {name for one in real for name in paths_of(one.get("protocolSection", {}))}
    for name, content in built_files().items():
        if "/studies/" in name:
            ours = set(paths_of(json.loads(content)["protocolSection"]))
            assert ours <= known, name


# Beside PubMed


def beside_pubmed() -> dict[str, Record]:
    """What Europe PMC has of its own, by identifier."""
    files = sorted((SNAPSHOT / f"{LATER_WEEK}" / "europepmc").iterdir())
    records = [read_result(json.loads(path.read_bytes())["result"]) for path in files]
    return {record.source_id: record for record in records}


EXPECTED_BESIDE = EXPECTED["later_week"]["europe_pmc"]


def test_what_europe_pmc_holds_beside_pubmed_is_expected_and_nothing_else() -> None:
    assert {one["id"] for one in EXPECTED_BESIDE} == set(beside_pubmed())
    for record in beside_pubmed().values():
        assert lacking_in_pubmed(record)
        assert record.journal.startswith("Demonstration ")
        assert WINDOW.since is not None
        assert record.dates.created is not None
        assert WINDOW.since <= record.dates.created <= LATER_WEEK


@pytest.mark.parametrize("expected", EXPECTED_BESIDE, ids=lambda one: one["key"])
def test_each_record_beside_pubmed_is_verified_and_retrieved_as_expected(
    expected: dict[str, Any],
) -> None:
    record = beside_pubmed()[expected["id"]]
    asked = parse_europe_pmc(to_europe_pmc(strategy(), mesh=mesh()).query)
    assert str(verdict(record)) == expected["verdict"]
    assert europe_pmc_matches(asked, record) is expected["retrieved"]


@pytest.mark.parametrize("expected", EXPECTED_BESIDE, ids=lambda one: one["key"])
def test_each_record_beside_pubmed_cites_the_known_items_that_show_it(
    expected: dict[str, Any],
) -> None:
    number = expected["id"].partition(":")[2]
    file = SNAPSHOT / f"{LATER_WEEK}" / "europepmc" / f"{number}.json"
    keys = {f"MED:{article.pmid}": article.key for article in articles().values()}
    cited = [keys[named] for named in json.loads(file.read_bytes())["cites"]]
    assert cited == expected["cites"]
    assert set(cited) <= {item.key for item in known_items()}


def paths_of(value: object, above: str = "") -> list[str]:
    if isinstance(value, dict):
        return [
            p
            for key, part in value.items()
            for p in [f"{above}/{key}", *paths_of(part, f"{above}/{key}")]
        ]
    if isinstance(value, list):
        return [p for part in value for p in paths_of(part, above)]
    return []
