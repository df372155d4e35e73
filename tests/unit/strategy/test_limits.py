"""What limits mean: one table a function; what is not known stays open."""

import pytest

from surveillance.strategy.limits import KNOWN_DATABASES, date_of, holds, meaning_of
from surveillance.strategy.nodes import Fielded, Heading, Limitation, Node, Or, Phrase, Word


def headings(*names: str) -> Node:
    found = tuple(Heading(name) for name in names)
    return found[0] if len(found) == 1 else Or(found)


def language(name: str, code: str) -> Node:
    return Fielded(Or((Word((name,)), Word((code,)))), ("la",))


def kind(*words: str) -> Node:
    found = tuple(Word((word,)) for word in words)
    return Fielded(found[0] if len(found) == 1 else Phrase(found), ("pt",))


MEDLINE: dict[str, Node | None] = {
    "humans": headings("Humans"),
    "human": headings("Humans"),
    "animals": headings("Animals"),
    "female": headings("Female"),
    "english language": language("english", "eng"),
    "english": language("english", "eng"),
    "lg=english": language("english", "eng"),
    "danish": language("danish", "dan"),
    "all infant (birth to 23 months)": headings("Infant, Newborn", "Infant"),
    "preschool child (2 to 5 years)": headings("Child, Preschool"),
    "all child (0 to 18 years)": headings(
        "Infant, Newborn", "Infant", "Child, Preschool", "Child", "Adolescent"
    ),
    "all adult (19 plus years)": headings(
        "Young Adult", "Adult", "Middle Aged", "Aged", "Aged, 80 and over"
    ),
    "all aged (65 and over)": headings("Aged", "Aged, 80 and over"),
    "randomized controlled trial": kind("randomized", "controlled", "trial"),
    "pt=review": kind("review"),
    "review articles": kind("review"),
    "clinical trial, phase iii": kind("clinical", "trial", "phase", "iii"),
    # open: no node says it, or Ovid changes what it finds
    "abstracts": None,
    "full text": None,
    "therapy (maximizes sensitivity)": None,
    "systematic reviews": None,
    "pt=english": None,
    "anything else": None,
}

EMBASE: dict[str, Node | None] = {
    "human": headings("human"),
    "humans": headings("human"),
    "aged <65+ years>": headings("aged"),
    "school child <7 to 12 years>": headings("school child"),
    "conference abstract": kind("conference", "abstract"),
    "conference abstracts": kind("conference", "abstract"),
    "english language": language("english", "eng"),
    "exclude medline journals": None,
    "all adult (19 plus years)": None,
}


@pytest.mark.parametrize("name", MEDLINE)
def test_a_limit_of_medline_is_mesh_a_language_or_a_publication_type(name: str) -> None:
    assert meaning_of(Limitation(name), "ovid-medline") == MEDLINE[name]


@pytest.mark.parametrize("name", EMBASE)
def test_a_limit_of_embase_is_an_emtree_heading_that_the_mapping_settles(name: str) -> None:
    assert meaning_of(Limitation(name), "ovid-embase") == EMBASE[name]


@pytest.mark.parametrize("name", ["humans", "other animals", "male", "female"])
def test_pubmeds_filters_are_headings_without_explosion(name: str) -> None:
    wanted = {"other animals": "Animals"}.get(name, name.capitalize())
    assert meaning_of(Limitation(name), "pubmed") == Heading(wanted)


def test_pubmeds_filters_on_the_type_are_publication_types() -> None:
    assert meaning_of(Limitation("review"), "pubmed") == Fielded(Word(("review",)), ("pt",))


@pytest.mark.parametrize("dialect", ["cochrane", "inahta"])
def test_ovids_limits_on_indexing_mean_nothing_in_other_dialects(dialect: str) -> None:
    assert meaning_of(Limitation("humans"), dialect) is None


@pytest.mark.parametrize(
    ("code", "date"),
    [
        *(("yr", "published"), ("dp", "published"), ("ez", "entered"), ("edat", "entered")),
        *(("dt", "created"), ("crdt", "created"), ("ed", "indexed"), ("mhda", "indexed")),
        *(("up", "revised"), ("lr", "revised"), ("em", None), ("dc", None), ("dd", None)),
    ],
)
def test_a_date_field_asks_for_a_date_of_the_record_or_for_none_we_carry(
    code: str, date: str | None
) -> None:
    assert date_of(code) == date


@pytest.mark.parametrize(
    ("databases", "dialect", "held"),
    [
        (("ppez",), "ovid-medline", True),
        (("medall", "emez"), "ovid-medline", True),
        (("medall",), "pubmed", True),
        (("oemezd",), "ovid-embase", True),
        (("oemezd",), "ovid-medline", False),
        (("psyh", "emez"), "ovid-medline", False),
        (("cctr",), "cochrane", True),
        # in process only; years only; a code that is not known
        (("prem",), "ovid-medline", None),
        (("emed",), "ovid-embase", None),
        (("psyh", "prem"), "ovid-medline", None),
        (("xyzz",), "ovid-medline", None),
        (("xyzz", "medall"), "ovid-medline", True),
    ],
)
def test_a_search_of_several_databases_holds_the_dialects_own_or_not(
    databases: tuple[str, ...], dialect: str, held: bool | None
) -> None:
    assert holds(databases, dialect) is held


def test_the_codes_of_databases_are_codes_and_no_words_of_a_search() -> None:
    assert all(code.isalnum() and code.islower() for code in KNOWN_DATABASES)
    assert KNOWN_DATABASES.isdisjoint({"drug", "disorder", "disorders", "care", "alcohol"})
