"""A topic's folder: the worked example is sound and true, and what is wrong in one is named."""

from __future__ import annotations

import html
import re
import shutil
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from surveillance import strategy_files, topics
from surveillance.errors import UnreadableInput
from surveillance.topics import KnownItem, Topic, list_topics, read_known_items, read_topic

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "search_strategies" / "targeted_muscle_reinnervation"
PAGE = (ROOT / "docs" / "topics.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / EXAMPLE.name
    shutil.copytree(EXAMPLE, copy)
    # What stands in it is the screening stage's business: a topic hands it on unparsed.
    (copy / "criteria.toml").touch()
    return copy


@pytest.fixture
def topic(folder: Path) -> Topic:
    return read_topic(folder)


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


# The example


def test_the_example_is_listed() -> None:
    assert EXAMPLE.name in list_topics(EXAMPLE.parent)


def test_the_example_watches_what_the_guidance_used(topic: Topic) -> None:
    assert Counter(item.table for item in topic.known_items) == {"table 2": 10, "appendix B": 26}
    assert [trial.number for trial in topic.watched_trials] == [
        "NCT05408520",
        "NCT04658368",
        "NCT04204668",
        "NCT05009394",
    ]
    assert [r.id for r in topic.recommendations] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]
    assert {strategy.file for strategy in topic.strategies} == {
        "medline.ovid.txt",
        "embase.ovid.txt",
        "cochrane.txt",
        "inahta.txt",
    }
    assert {strategy.searched_on for strategy in topic.strategies} == {
        topic.guidance.published_search
    }


def test_every_known_item_rests_on_a_recommendation_and_is_expected_somewhere(topic: Topic) -> None:
    for item in topic.known_items:
        assert item.recommendations, item.key
        assert item.expected_in, item.key
        assert str(item.year) in item.citation
        assert item.title in item.citation


def test_no_identifier_is_invented_for_a_known_item(topic: Topic) -> None:
    assert not any(item.doi or item.pmid for item in topic.known_items)


def test_treating_and_preventing_are_told_apart_by_their_words(topic: Topic) -> None:
    words = {r.id: set(r.words) for r in topic.recommendations}
    assert words["1.1"].isdisjoint(words["1.4"])
    assert not words["1.5"]
    assert [r.id for r in topic.recommendations if r.always] == ["1.6"]


def test_a_changed_file_changes_its_hash_alone(folder: Path) -> None:
    before = dict(read_topic(folder).hashes())
    edit(folder / "medline.ovid.txt", "TMR", "tmr")
    after = dict(read_topic(folder).hashes())
    assert {name for name in after if after[name] != before[name]} == {"medline.ovid.txt"}


# What is wrong is named


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('cron = "0 6 * * 1"', 'cron = "weekly"', r"line \d+, column 1: “schedule.cron”"),
        (
            "[schedule]",
            "[screening]\nreviewers = 3\n[schedule]",
            r"line \d+, column 1: “screening.re",
        ),
        (
            "[schedule]",
            '[screening]\nreaders = "2"\n[schedule]',
            r"line \d+, column 1: unknown key",
        ),
        ("Europe/London", "Europe/Lundon", r"line \d+, column 1: “schedule.timezone”: .*no such"),
        ("Europe/London", "../../etc/passwd", r"line \d+, column 1: “schedule.timezone”"),
        ('file = "inahta.txt"', 'file = "missing.txt"', r"missing\.txt: the topic names this file"),
        ('file = "inahta.txt"', 'file = "../topic.toml"', r"line \d+, column 1: “strategies.file”"),
        ('file = "inahta.txt"', 'file = ".."', r"line \d+, column 1: “strategies.file”"),
        ('dialect = "inahta"', 'dialect = "embase.com"', r"line \d+, column 1: “strategies.dial"),
        (
            'nct = "NCT05408520"',
            'number = "5408520"',
            r"line \d+, column 1: “watched_trials.number”: .*no number of a trial registry",
        ),
        (
            'nct = "NCT05408520"',
            'number = "U1111-1234-5678"',
            r"line \d+, column 1: “watched_trials.number”: .*no number of a trial registry",
        ),
        (
            'nct = "NCT05408520"',
            'nct = "NCT05408520"\nnumber = "ISRCTN12345678"',
            "either `nct` or `number`",
        ),
        ('nct = "NCT05408520"\n', "", "either `nct` or `number`"),
        ("[trials]", '[trials]\nregistries = ["DRKS"]', "“trials.registries”"),
        ('nct = "NCT05408520"', 'nct = "NCT5408520"', r"line \d+, column 1: “watched_trials.nct”"),
        (
            'nct = "NCT05408520"',
            'nct = "NCT04658368"',
            "watched trial “NCT04658368” stands here tw",
        ),
        ('name = "cdsr"', 'name = "central"', "line [0-9]+: the strategy “central” stands here tw"),
        ('id = "1.2"', 'id = "1.1"', "the recommendation “1.1” stands here twice"),
        ('recommendations = ["1.4", "1.6"]', 'recommendations = ["2.4"]', "recommendation 2.4, wh"),
        ('channel = "file"', 'channel = "pigeon"', "“recipients.channel”"),
        ("[guidance]", "[guidance]\ncolour = 1", "unknown key “guidance.colour”"),
        (
            "[guidance]",
            '[dedup]\npriority = ["pubmed", "Scopus"]\n[guidance]',
            r"line 8, column 1: “dedup.priority” names the database “Scopus”.*It has PubMed, Eur",
        ),
    ],
)
def test_a_fault_in_the_topic_is_named(
    folder: Path, before: str, after: str, sentence: str
) -> None:
    edit(folder / "topic.toml", before, after)
    with pytest.raises(UnreadableInput, match=sentence):
        read_topic(folder)


RECIPIENT = 'channel = "file"'
ADDRESS = 'channel = "email"\naddress = "ann@example.org"'
WEBHOOK = 'channel = "webhook"\nwebhook = "TEAM"\nformat = "slack"'


@pytest.mark.parametrize(
    ("recipient", "sentence"),
    [
        ('channel = "email"', "“recipients.channel”: the channel “email” needs “address”, too"),
        ('channel = "webhook"', "“recipients.channel”: the channel “webhook” needs “webhook”"),
        ('channel = "webhook"\nwebhook = "TEAM"', "the channel “webhook” needs “format”, too"),
        (f'{RECIPIENT}\naddress = "a@example.org"', "“recipients.address”: the channel “file” has"),
        (f'{ADDRESS}\nwebhook = "TEAM"', "“recipients.webhook”: the channel “email” has no"),
        (f'{ADDRESS}\nformat = "slack"', "“recipients.format”: the channel “email” has no"),
        (ADDRESS.replace("@", " at "), "“recipients.address”"),
        (ADDRESS.replace("ann@", "ann@x, bob@"), "“recipients.address”"),
        (ADDRESS.replace("ann@", "änn@"), "“recipients.address”"),
        (ADDRESS.replace("ann@", "ann\\r\\nBcc: bob@"), "“recipients.address”"),
        (WEBHOOK.replace("TEAM", "https://hooks.example.org/x"), "“recipients.webhook”"),
        (WEBHOOK.replace("slack", "irc"), "“recipients.format”"),
        (f'{ADDRESS}\nweight = "noise"', "“recipients.weight”"),
        (f'{ADDRESS}\nrhythm = "daily"', "“recipients.rhythm”"),
        (f'{ADDRESS}\nquiet_weeks = "never"', "“recipients.quiet_weeks”"),
    ],
)
def test_a_recipient_that_cannot_be_reached_is_refused(
    folder: Path, recipient: str, sentence: str
) -> None:
    edit(folder / "topic.toml", RECIPIENT, recipient)
    with pytest.raises(UnreadableInput, match=sentence) as refused:
        read_topic(folder)
    place = refused.value.place
    assert place is not None
    lines = (folder / "topic.toml").read_text(encoding="utf-8").splitlines()
    key = re.findall(r"recipients\.(\w+)", str(refused.value))[0]
    assert lines[(place.line or 0) - 1].startswith(key)
    assert place.column == 1


@pytest.mark.parametrize("recipient", [RECIPIENT, ADDRESS, WEBHOOK])
def test_a_recipient_on_each_channel(folder: Path, recipient: str) -> None:
    more = f'{recipient}\nweight = "high"\nrhythm = "monthly"\nquiet_weeks = false'
    edit(folder / "topic.toml", RECIPIENT, more)
    (one,) = read_topic(folder).recipients
    assert (one.weight, one.rhythm, one.quiet_weeks) == ("high", "monthly", False)


def test_one_name_is_told_over_several_channels_but_over_each_once(folder: Path) -> None:
    name = 'name = "Limb pain guidance team (fictitious)"'
    edit(folder / "topic.toml", RECIPIENT, f"{RECIPIENT}\n[[recipients]]\n{name}\n{ADDRESS}")
    assert len(read_topic(folder).recipients) == 2
    edit(folder / "topic.toml", ADDRESS, f"{ADDRESS}\n[[recipients]]\n{name}\n{ADDRESS}")
    with pytest.raises(UnreadableInput, match="over the channel “email” twice"):
        read_topic(folder)


def test_a_topic_has_a_strategy(folder: Path) -> None:
    file = folder / "topic.toml"
    text = file.read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    kept = "".join(block for block in blocks if not block.startswith("[[strategies]]"))
    file.write_text("strategies = []\n" + kept, encoding="utf-8")
    with pytest.raises(UnreadableInput, match="“strategies”"):
        read_topic(folder)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (",year,", ",yeer,", "line 1: the column “year” is missing"),
        ("key,", "colour,key,", "line 1: unknown column “colour”"),
        (",2019,Annals of Surgery", ",last year,Annals of Surgery", "line 3: “year”"),
        (",table 2,", ",table 9,", "line 2: “table”"),
        (",,,embase,", ",,,scopus,", "line 2: tham-2023 refers to strategy scopus"),
        ("embase,1.1|1.4", "embase,1.1|7", "line 2: tham-2023 refers to recommendation 7"),
        ("shammas-2022", "dumanian-2019", "line 4: the known item “dumanian-2019” stands here tw"),
        ("embase,1.1|1.4", "embase", "line 2: the row has more or fewer cells"),
        ("embase,1.1|1.4", "embase,1.1|1.4,more", "line 2: the row has more or fewer cells"),
        ('"Tham J-L', '"Tham" J-L', "line 2: this is not a row of CSV"),
    ],
)
def test_a_fault_in_the_known_items_is_named(
    folder: Path, before: str, after: str, sentence: str
) -> None:
    edit(folder / "known_items.csv", before, after)
    with pytest.raises(UnreadableInput, match=re.escape(sentence).replace(r"\ ", " ")):
        read_topic(folder)


def test_a_spreadsheet_may_save_the_known_items(folder: Path) -> None:
    file = folder / "known_items.csv"
    before = read_known_items(file)
    text = file.read_text(encoding="utf-8")
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_known_items(file) == before


def test_an_unknown_strategy_is_answered_with_those_there_are(topic: Topic) -> None:
    with pytest.raises(UnreadableInput, match="it has medline, embase, central, cdsr, inahta"):
        topic.strategy("scopus")


# What can be written is documented


def keys_of(shape: Any, prefix: str = "") -> list[str]:
    found = []
    hints = get_type_hints(shape)
    for one in fields(shape):
        found.append(prefix + one.name)
        for part in (hints[one.name], *get_args(hints[one.name])):
            if hasattr(part, "__dataclass_fields__"):
                found += keys_of(part, f"{prefix}{one.name}.")
    return found


def test_every_key_of_a_topic_is_documented() -> None:
    keys = keys_of(topics._TopicFile)
    assert {"trials.query", "recommendations.always", "strategies.result_line"} <= set(keys)
    tables = {"guidance", "schedule", "trials", "europe_pmc", "dedup", "screening", "methods"}
    documented = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.split("## known_items.csv")[0], re.M)
    assert {key for key in keys if key not in tables} == {d for d in documented if d in keys}
    assert [d for d in documented if d not in keys] == ["topic.toml", "criteria.toml"] + [
        d for d in documented if d in ("known_items.csv", "mesh.tsv", "emtree.toml")
    ]


def test_every_column_of_the_known_items_is_documented_in_its_order() -> None:
    section = PAGE.split("## known_items.csv")[1].split("\n## ")[0]
    documented = re.findall(r"^\| `([a-z_]+)` \|", section, re.M)
    assert documented == [column.name for column in fields(KnownItem)]


def test_every_key_of_a_mapping_table_is_documented() -> None:
    section = PAGE.split("## emtree.toml")[1]
    documented = re.findall(r"^\| `([a-z_.]+)` \|", section, re.M)
    assert documented and set(documented) == set(keys_of(strategy_files._MappingFile))


# Facts


def normal(text: str) -> str:
    """Letters and digits alone, without the page's furniture and markup."""
    text = re.sub(r"^IP overview:.*$", "", html.unescape(text), flags=re.MULTILINE)
    text = re.sub(r"</?[a-z]+>", " ", text)
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("shammass", "shammas")))


@pytest.fixture(scope="session")
def overview(shared: Path) -> str:
    """The overview as a run of words; then its tables' first column, which pages break up."""
    (file,) = (shared / "seeds").glob("000_*.txt")
    text = file.read_text(encoding="utf-8")
    first_column = "\n".join(line.split("\t")[0] for line in text.splitlines())
    return f"{normal(text)} | {normal(first_column)}"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("medline.ovid.txt", "medline-ovid.raw.txt"),
        ("embase.ovid.txt", "embase-ovid.raw.txt"),
        ("cochrane.txt", "cochrane.raw.txt"),
        ("inahta.txt", "inahta.raw.txt"),
    ],
)
def test_the_strategies_are_as_published_byte_for_byte(shared: Path, name: str, seed: str) -> None:
    published = shared / "data" / "strategies" / "seed" / seed
    assert (EXAMPLE / name).read_bytes() == published.read_bytes()


@pytest.mark.shared
def test_every_known_item_is_cited_as_the_overview_cites_it(overview: str, topic: Topic) -> None:
    for item in topic.known_items:
        assert normal(item.citation) in overview, item.key
        assert normal(item.title) in overview, item.key


@pytest.mark.shared
def test_every_watched_trial_is_the_overviews(overview: str, topic: Topic) -> None:
    for trial in topic.watched_trials:
        assert normal(f"{trial.title} {trial.number}") in overview


@pytest.mark.shared
def test_the_published_counts_are_those_of_table_4a(overview: str, topic: Topic) -> None:
    counts = {strategy.name: strategy.published_count for strategy in topic.strategies}
    assert "issue 8 of 12 august 2024 120" in overview
    assert "review 41 protocol 3" in overview
    assert "1974 to august 05 2024 438" in overview
    assert "1946 to august 01 2024 386" in overview
    assert counts == {"medline": 386, "embase": 438, "central": 120, "cdsr": 44, "inahta": 1}


@pytest.mark.shared
def test_the_recommendations_are_told_in_our_own_words(shared: Path, topic: Topic) -> None:
    (file,) = (shared / "seeds").glob("001_*.txt")
    published = normal(file.read_text(encoding="utf-8"))
    for recommendation in topic.recommendations:
        words = normal(recommendation.text).split()
        runs = (" ".join(words[at : at + 8]) for at in range(len(words) - 7))
        assert not [run for run in runs if run in published], recommendation.id


def test_a_watched_trial_may_have_the_number_of_any_registry(folder: Path) -> None:
    file = folder / "topic.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('nct = "NCT05408520"', 'number = "EUCTR2019-000123-45-DE"'))
    asked = {trial.number: trial.at_clinicaltrials for trial in read_topic(folder).watched_trials}
    assert asked["EUCTR2019-000123-45-DE"] is False
    assert asked["NCT05009394"] is True
