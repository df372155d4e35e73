"""How PubMed reads a query: what it echoes, what it warns of, what it ignores in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.strategy.evaluate.pubmed_syntax import (
    DEEPEST_NESTING,
    PubMedQueryRefused,
    Term,
    finds_nothing,
    parse_query,
    words_of,
)
from surveillance.strategy.evaluate.pubmed_vocabulary import subheading_family


def index_of(*phrases: str) -> Callable[[str, str], bool]:
    """A phrase index that knows these and no other."""
    return lambda field, phrase: phrase.lower() in phrases


ECHOES = [
    # As captured in 2026.
    ('"Atherosclerosis"[Mesh]', '"Atherosclerosis"[MeSH Terms]'),
    ("1804[dp]", "1804/01/01:1804/12/31[Date - Publication]"),
    ("wearable*[tiab]", '"wearable*"[Title/Abstract]'),
    ("asthma[mh:~3]", '"asthma"[MeSH Terms]'),
    ("intervent∗[ti]", '"intervent"[Title]'),
    (
        '(Oura[tiab] OR "Apple Watch"[tiab]) AND "recovery score"[tiab]',
        '("Oura"[Title/Abstract] OR "Apple Watch"[Title/Abstract])'
        ' AND "recovery score"[Title/Abstract]',
    ),
    # The rest follows the same pattern.
    ('"18F-FDG"[tiab]', '"18F FDG"[Title/Abstract]'),
    ('"a b"[tiab:~3]', '"a b"[Title/Abstract:~3]'),
    ("pain[mh:noexp]", '"pain"[MeSH Terms:noexp]'),
    ('"Pain/surgery"[majr]', '"Pain/surgery"[MeSH Major Topic]'),
    ("pain asthma", '"pain"[All Fields] AND "asthma"[All Fields]'),
    ("2024/02[crdt]", "2024/02/01:2024/02/29[Date - Create]"),
    ("2024:3000[crdt]", "2024/01/01:3000/12/31[Date - Create]"),
    ("3[tiab] NOT 4[tiab]", '"3"[Title/Abstract] NOT "4"[Title/Abstract]'),
]


@pytest.mark.parametrize(("query", "echo"), ECHOES)
def test_the_translation_echoed_is(query: str, echo: str) -> None:
    assert parse_query(query).translation == echo


SILENTLY_IGNORED = [
    ("asthma[foo]", "[foo]: an unknown tag"),
    ("(asthma OR copd)[tiab]", "[tiab]: a tag on a group"),
    ('"nerve transfer*"[tiab:~4]', '"nerve transfer*"[tiab:~4]: the proximity operator'),
    ('"nerve"[tiab:~4]', '"nerve"[tiab:~4]: the proximity operator'),
    ("nerve transfer[tiab:~4]", "nerve transfer[tiab:~4]: the proximity operator"),
    ('"nerve transfer"[mh:~4]', "[mh:~4]: the field takes no such modifier"),
    ("nerve[tiab:noexp]", "[tiab:noexp]: the field takes no such modifier"),
    ("cut*[tiab]", "cut*: a * that cannot truncate"),
    ("nerve* transfer[tiab]", "nerve* transfer: a * that cannot truncate"),
    ("[tiab]", "[tiab]: a tag without a term"),
    ("(nerve[tiab]", "(: a parenthesis without its closing"),
    ("nerve[tiab])", "): a parenthesis without its opening"),
]


@pytest.mark.parametrize(("query", "ignored"), SILENTLY_IGNORED)
def test_pubmed_ignores_without_a_word(query: str, ignored: str) -> None:
    read = parse_query(query)
    assert read.silently_ignored == (ignored,)
    assert not (read.phrases_not_found or read.quoted_phrases_not_found)


def test_wildcards_in_a_proximity_search_cost_the_operator_and_the_inner_wildcard() -> None:
    # ovid-semantics 11.3: no proximity at all.
    read = parse_query('"nerve* transfer*"[tiab:~4]')
    assert read.silently_ignored == (
        '"nerve* transfer*"[tiab:~4]: the proximity operator',
        "nerve* transfer*: a * that cannot truncate",
    )
    assert read.translation == '"nerve transfer*"[Title/Abstract]'


def test_a_query_that_pubmed_understands_is_ignored_nowhere() -> None:
    query = '("nerve transfer"[tiab:~3] OR "Nerve Transfer"[mh:noexp] OR nerv*[ti]) NOT rat[tw]'
    assert parse_query(query).silently_ignored == ()


def test_a_quoted_phrase_outside_the_index_is_dropped_while_the_rest_is_searched() -> None:
    # source-facts (measured); captured 2026: dropped_phrase_with_results.
    query = '"readiness score"[tiab] OR "body battery"[tiab]'
    read = parse_query(query, known_phrases=index_of("readiness score"))
    assert read.quoted_phrases_not_found == ('"body battery"[tiab]',)
    assert read.translation == '"readiness score"[Title/Abstract]'


def test_a_dropped_first_alternative_leaves_no_operator_behind() -> None:
    query = '("body battery"[tiab] OR "readiness score"[tiab]) AND "readiness score"[ti]'
    read = parse_query(query, known_phrases=index_of("readiness score"))
    assert read.translation == ('("readiness score"[Title/Abstract]) AND "readiness score"[Title]')


def test_a_heading_that_does_not_exist_finds_nothing_and_is_named() -> None:
    # captured 2026: nonexistent_mesh.
    query = '"Atherosclerotic Cardiovascular Disease"[Mesh]'
    read = parse_query(query, known_phrases=index_of())
    assert read.tree is not None
    assert finds_nothing(read.tree)
    assert read.quoted_phrases_not_found == (query,)
    assert read.translation == query


def test_a_tagged_stop_word_is_not_found_and_takes_the_conjunction_with_it() -> None:
    # captured 2026: stopword_phrase_not_found.
    read = parse_query("the[tiab] AND asthma[tiab]")
    assert read.phrases_not_found == ("the",)
    assert read.translation == "the[tiab] AND asthma[tiab]"


def test_an_unquoted_phrase_outside_the_index_is_split_and_only_its_last_word_keeps_the_tag() -> (
    None
):
    # User Guide, "Searching for a phrase": psittacine flight[tw]; ovid-semantics 11.6.
    read = parse_query("psittacine flight[tw]", known_phrases=index_of("psittacine", "flight"))
    assert read.translation == '"psittacine"[All Fields] AND "flight"[Text Word]'
    assert read.phrases_not_found == ()


def test_a_hyphenated_phrase_outside_the_index_returns_nothing() -> None:
    # User Guide, "Searching for a phrase"; ovid-semantics 11.6.
    read = parse_query("kidney-allograft[tiab]", known_phrases=index_of("kidney", "allograft"))
    assert read.tree is not None
    assert finds_nothing(read.tree)
    assert read.phrases_not_found == ("kidney-allograft",)


def test_an_untagged_quoted_phrase_outside_the_index_loses_its_quotation_marks() -> None:
    read = parse_query('"kidney allograft"', known_phrases=index_of("kidney", "allograft"))
    assert read.translation == '"kidney"[All Fields] AND "allograft"[All Fields]'
    assert read.quoted_phrases_not_found == ('"kidney allograft"',)


def test_a_truncated_phrase_is_not_held_against_the_index() -> None:
    read = parse_query('"kidney allogr*"[tiab]', known_phrases=index_of())
    assert isinstance(read.tree, Term)
    assert read.tree.truncated


def test_punctuation_accents_and_case_do_not_matter_in_words() -> None:
    assert words_of("Re-routed: Ménière's β_blocker!") == (
        *("re", "routed", "meniere", "s", "β", "blocker"),
    )


def test_a_subheading_brings_its_whole_family() -> None:
    # NLM's own example of a family.
    assert subheading_family("therapeutic use") >= {
        *("therapeutic use", "administration & dosage", "adverse effects", "poisoning"),
    }
    assert "transplantation" in subheading_family("therapy")  # two levels below
    assert subheading_family("innervation") == {"innervation"}


PIECES = ["(", ")", '"', "[tiab]", "[mh]", "[crdt]", "[x]", "[", "]", "AND", "OR", "NOT", ":", "*"]


@given(st.lists(st.one_of(st.sampled_from([*PIECES, "2024/01/01", "~3"]), st.text(max_size=6))))
def test_every_text_is_read_or_refused_with_a_sentence(pieces: list[str]) -> None:
    text = " ".join(pieces)
    try:
        read = parse_query(text)
    except PubMedQueryRefused as refusal:
        assert text.count("(") > DEEPEST_NESTING, refusal
    else:
        assert parse_query(text) == read


_QUERIES = st.recursive(
    st.sampled_from(
        [
            *("nerve[tiab]", '"nerve transfer"[tiab:~2]', "transf*[ti]", '"Pain"[mh:noexp]'),
            *("2024/01/01:2024/06/30[crdt]", "Pain/surgery[mh]", "review[pt]", '"a b"[tw]'),
        ]
    ),
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR", "NOT"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)


@given(_QUERIES)
def test_the_translation_reads_as_the_query_it_was_made_of(query: str) -> None:
    once = parse_query(query).translation
    assert parse_query(once).translation == once
