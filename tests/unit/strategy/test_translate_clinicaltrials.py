"""A strategy → ClinicalTrials.gov: tables of text and query, polarity, losses, and the corpus."""

import string
from pathlib import Path

import pytest

from surveillance.simulator.clinicaltrials import read_expression
from surveillance.simulator.study import Study
from surveillance.strategy.evaluate.essie import matches, parse_query
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.translate.check_tags import CHECK_TAGS
from surveillance.strategy.translate.clinicaltrials import translate
from surveillance.strategy.translate.essie_words import likely_spellings
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.walk import Translation

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"
ONE = sorted(string.ascii_lowercase + string.digits)
PAIN = '(AREA[ConditionMeshTerm]"Pain" OR AREA[InterventionMeshTerm]"Pain" OR pain)'

QUERIES = {
    # words: a gap of one character is spelt out
    "TMR.tw.": "tmr",
    "wom#n.tw.": "(" + " OR ".join(f"wom{c}n" for c in ONE) + ")",
    "dog$1.tw.": "(dog OR " + " OR ".join(f"dog{c}" for c in ONE) + ")",
    "névralgie.tw.": "nevralgie",
    # fields: a registration's titles, or all of it
    "pain.ti.": "AREA[TitleSearch]pain",
    "pain.ab.": "pain",
    "pain.ti,ab.": "pain",
    "pain.kf.": "pain",
    "pain.mp.": "pain",
    "pain": "pain",
    # phrases and adjacency: the words anywhere
    "targeted muscle reinnervation.tw.": "(targeted AND muscle AND reinnervation)",
    "quality of life.ti.": "(AREA[TitleSearch]quality AND AREA[TitleSearch]life)",
    "(nerve adj4 (transfer or graft)).tw.": "(nerve AND (transfer OR graft))",
    # headings: derived terms, those above them where exploded, and the words
    "Pain/": PAIN,
    "*Pain/su": PAIN,
    "exp Pain/": (
        '(AREA[ConditionMeshTerm]"Pain" OR AREA[InterventionMeshTerm]"Pain" OR '
        'AREA[ConditionAncestorTerm]"Pain" OR AREA[InterventionAncestorTerm]"Pain" OR pain)'
    ),
    "Pain, Intractable/": (
        '(AREA[ConditionMeshTerm]"Pain, Intractable" OR '
        'AREA[InterventionMeshTerm]"Pain, Intractable" OR (pain AND intractable))'
    ),
    # what registrations lack, and truncation, is left out of an AND
    "limb.tw. and Humans/": "limb",
    "limb.tw. and randomized controlled trial.pt.": "limb",
    "limb.tw. and amputat*.tw.": "limb",
    "limb.tw. and (pain or amputat*).tw.": "limb",
    # under NOT nothing is sent: what Essie finds is never known to be no more than a word
    "limb.tw. not pain.tw.": "limb",
    "limb.tw. not (Animals/ not Humans/)": "limb",
    "limb.tw. not (pain.tw. not cut.tw.)": "limb",
}


def translated(text: str) -> Translation:
    return translate(read_strategy(text, "ovid-medline"))


@pytest.mark.parametrize(("text", "query"), QUERIES.items())
def test_query(text: str, query: str) -> None:
    translation = translated(text)
    assert translation.query == query
    assert translation.diagnostics == ()


def test_the_query_is_the_same_twice() -> None:
    assert translated("(nerve* adj4 graft*).tw.") == translated("(nerve* adj4 graft*).tw.")


LOSSES = {
    "pain.tw.": [Direction.SUPERSET],
    "pain": [Direction.SUPERSET],
    "phantom limb.tw.": [Direction.SUPERSET, Direction.SUPERSET],
    "Pain/": [Direction.UNKNOWN],
    "limb.tw. and Humans/": [Direction.SUPERSET, Direction.SUPERSET],
    "limb.tw. and amputat*.tw.": [Direction.SUPERSET] * 3,
    "limb.tw. not pain.tw.": [Direction.SUPERSET, Direction.SUBSET],
}


@pytest.mark.parametrize(("text", "directions"), LOSSES.items())
def test_every_step_is_in_the_report(text: str, directions: list[Direction]) -> None:
    assert [loss.direction for loss in translated(text).losses] == directions


def test_a_heading_is_not_verified_locally() -> None:
    """Nobody indexes registrations: that one lacks a heading says nothing."""
    (loss,) = translated("Pain/").losses
    assert (loss.source, loss.target, loss.verified_locally) == ("Pain/", PAIN, False)


def test_truncation_alone_is_asked_by_its_common_endings_and_an_error_says_so() -> None:
    translation = translated("amputat*.tw.")
    asked = parse_query(translation.query)
    for word in ("amputation", "amputated", "amputating"):
        assert matches(asked, {"BriefTitle": [f"After {word}"]}), word
    assert not matches(asked, {"BriefTitle": ["After ampullectomy"]})
    assert "finds-less" in [found.code for found in translation.diagnostics]
    endings = [loss for loss in translation.losses if "common endings" in loss.step]
    assert [loss.direction for loss in endings] == [Direction.UNKNOWN]


def test_an_alternative_that_can_not_be_asked_is_left_out_and_reported() -> None:
    translation = translated("limb.tw. or randomized controlled trial.pt.")
    assert translation.query == "limb"
    assert [found.code for found in translation.diagnostics] == ["finds-less"]
    assert Direction.SUBSET in {loss.direction for loss in translation.losses}


def test_what_alone_can_not_be_asked_gives_an_error() -> None:
    translation = translated("randomized controlled trial.pt.")
    assert translation.query == ""
    assert [found.code for found in translation.diagnostics] == ["no-query"]


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("nerve*", {"nerve", "nerves"}),
        ("neurom*", {"neuroma"}),
        ("randomi?ed", {"randomised", "randomized"}),
        ("pain$1", {"pain", "pains"}),
    ],
)
def test_common_endings(text: str, some: set[str]) -> None:
    (line,) = read_strategy(f"{text}.tw.", "ovid-medline").lines
    assert line.tree is not None
    (word,) = line.tree.children
    assert some <= set(likely_spellings(word) or ())  # type: ignore[arg-type]


def test_check_tags_are_names_of_headings_in_lower_case() -> None:
    assert {"humans", "animals", "aged, 80 and over"} <= CHECK_TAGS
    assert all(tag == tag.strip().casefold() and "\n" not in tag for tag in CHECK_TAGS)


TRIALS = [
    {
        "BriefTitle": ["Targeted Muscle Reinnervation for Neuroma and Phantom Pain"],
        "Condition": ["Amputation", "Phantom Limb Pain"],
        "InterventionName": ["Targeted nerve transfer"],
    },
    {
        "BriefTitle": ["Nerve transfer after amputation"],
        "BriefSummary": ["Neuropathic pain of the residual limb"],
        "ConditionMeshTerm": ["Neuralgia"],
    },
]
OTHERS = [{"BriefTitle": ["Asthma in adults"]}, {"BriefTitle": ["Pain"]}]


def of_the_topic() -> Translation:
    return translate(read_strategy((TOPIC / "medline.ovid.txt").read_text(encoding="utf-8")))


@pytest.mark.parametrize("trial", TRIALS)
def test_the_topic_of_this_repository_finds_its_trials(trial: dict[str, list[str]]) -> None:
    assert any(matches(parse_query(part), trial) for part in of_the_topic().parts)


@pytest.mark.parametrize("trial", [*TRIALS, *OTHERS])
def test_the_parts_find_what_the_query_finds(trial: dict[str, list[str]]) -> None:
    translation = of_the_topic()
    parts = [parse_query(part) for part in translation.parts]
    assert len(parts) > 1
    whole = matches(parse_query(translation.query), trial)
    assert whole == any(matches(part, trial) for part in parts) == (trial in TRIALS)


def test_the_stand_in_of_the_registry_takes_what_is_sent_and_finds_the_same() -> None:
    """The simulator reads a study's JSON, and knows the names of its pieces."""
    title = "Targeted Muscle Reinnervation at the time of amputation: phantom limb pain"
    study = Study({"protocolSection": {"identificationModule": {"briefTitle": title}}})
    for part in of_the_topic().parts:
        found = matches(read_expression(part), study.pieces)
        assert found == matches(parse_query(part), {"BriefTitle": [title]})


@pytest.mark.shared
def test_every_published_strategy_is_asked_or_says_why_not(shared: Path) -> None:
    """Each query and each part reads back as an Essie expression, within the length of one."""
    for file in sorted((shared / "data" / "strategies").rglob("*.ovid.txt")):
        translation = translate(read_strategy(file.read_text(encoding="utf-8", errors="replace")))
        assert translation.query or translation.diagnostics, file.name
        for query in filter(None, (translation.query, *translation.parts)):
            parse_query(query)
        assert all(len(part) <= 6_000 for part in translation.parts)
