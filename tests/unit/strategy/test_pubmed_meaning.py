"""What PubMed retrieves: tables of a query, the records found, and the rule that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from surveillance.records.model import (
    Author,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.strategy.evaluate.pubmed import PubMedQueryRefused, matches, parse_query
from surveillance.strategy.mesh import MeshTree

MESH = MeshTree.of(
    [
        ("Pain", "C23.888.592.612"),
        ("Phantom Limb", "C23.888.592.612.777"),
        ("Neuralgia", "C23.888.592.612.664"),
        ("Review", "V03.800"),
        ("Systematic Review", "V03.800.500"),
        ("Muscle, Skeletal", "A02.633.567"),
        ("Quadriceps Muscle", "A02.633.567.850"),
    ],
    year=2024,
)

A = Record(
    source="pubmed",
    source_id="90000001",
    pmid="90000001",
    title="Targeted muscle reinnervation for phantom-limb pain",
    abstract="We cut the nerve and then moved it to a nearby muscle. Quality of life rose.",
    keywords=("neuroma", "amputation stump"),
    authors=(Author(last="O'Brien", initials="JA"), Author(collective="TMR Study Group")),
    journal="Journal of Constructed Surgery",
    journal_abbreviation="J Constr Surg",
    issn="1234-5678",
    languages=("eng",),
    publication_types=("Journal Article", "Systematic Review"),
    substances=("Botulinum Toxins, Type A",),
    doi="10.5555/tmr.1",
    registrations=("NCT99999901",),
    mesh=(
        IndexedHeading("Phantom Limb", qualifiers=(Qualifier("surgery", major=True),)),
        IndexedHeading("Muscle, Skeletal", qualifiers=(Qualifier("innervation"),)),
        IndexedHeading("Humans"),
    ),
    status="MEDLINE",
    dates=RecordDates(
        created=date(2024, 7, 30),
        entered=date(2024, 7, 29),
        indexed=date(2024, 9, 1),
        revised=date(2024, 10, 2),
        published=date(2024, 7, 1),
    ),
)
B = Record(
    source="pubmed",
    source_id="90000002",
    title="Nerve transfers in the rat",
    original_title="Transferts nerveux chez le rat",
    other_abstracts=("Le nerf fut suturé.",),
    collection_title="Handbook of stumps",
    languages=("jpn",),
    authors=(Author(last="Ōbrien", initials="B"),),
    publication_types=("Review",),
    status="Publisher",
    dates=RecordDates(created=date(2025, 1, 5)),
)
RECORDS = {"A": A, "B": B}


def found(query: str) -> str:
    parsed = parse_query(query)
    return "".join(name for name, record in RECORDS.items() if matches(parsed, record, MESH))


TAGS = [
    # Title/Abstract: title, collection title, abstract, other abstract, author keywords.
    ("reinnervation[tiab]", "A"),
    ("neuroma[tiab]", "A"),
    ("stumps[tiab]", "B"),
    ("suture[tiab]", "B"),  # accents are folded
    ("humans[tiab]", ""),
    ("transferts[tiab]", ""),  # the transliterated title is not in it
    ("transferts[tt]", "B"),
    ("nerve[ti]", "B"),
    ("nerve[ab]", "A"),
    ("stumps[Title]", "B"),  # [ti] has the collection title of a book
    ("stumps[ab]", ""),
    ("neuroma[ot]", "A"),
    ("nerve[ot]", ""),
    # Text words add headings, subheadings, publication types and substances.
    ("humans[tw]", "A"),
    ("innervation[tw]", "A"),
    ("botulinum[tw]", "A"),
    ("transferts[tw]", ""),
    ("constructed[tw]", ""),
    ("constructed[all]", "A"),
    ("NERVE [TIAB]", "AB"),  # case and spacing do not matter
    ("nerve[ tiab ]", "AB"),
    # Whole names.
    ("Journal of Constructed Surgery[ta]", "A"),
    ("j constr surg[Journal]", "A"),
    ("1234-5678[ta]", "A"),
    ("surgery[ta]", ""),
    ('"Botulinum Toxins, Type A"[nm]', "A"),
    ("toxins[nm]", ""),
    ("english[la]", "A"),
    ("eng[la]", "A"),
    ("japanese[la]", "B"),
    ("jap[la]", ""),  # the guide's exception: jpn
    # Authors: initials are truncated unless quoted.
    ("o'brien[au]", "A"),
    ("o'brien j[au]", "A"),
    ('"o\'brien j"[au]', ""),
    ('"o\'brien ja"[au]', "A"),
    ("o'brien b[au]", ""),
    ("obrien b[au]", "B"),
    # Identifiers.
    ("90000002[pmid]", "B"),
    ("90000002[uid]", "B"),
    ("90000001 90000002", "AB"),  # several PMIDs are ORed
    ("10.5555/tmr.1[aid]", "A"),
    ("NCT99999901[si]", "A"),
]

HEADINGS = [
    ('"Phantom Limb"[mh]', "A"),
    ('"Pain"[mh]', "A"),  # explodes
    ('"pain"[MeSH Terms]', "A"),
    ('"Pain"[mh:noexp]', ""),
    ("Pain[majr]", "A"),
    ("Pain[majr:noexp]", ""),
    ('"Muscle, Skeletal"[mh:noexp]', "A"),
    ('"Muscle, Skeletal"[majr]', ""),
    ('"Phantom Limb"[majr:noexp]', "A"),  # the star sits on a qualifier
    ('"Muscle, Skeletal/innervation"[mh:noexp]', "A"),
    ('"Muscle, Skeletal/ir"[mh]', "A"),
    ('"Muscle, Skeletal/surgery"[mh]', ""),  # attached to another heading
    # With the narrower subheadings, unless :noexp (guide: hypertension/therapy [mh:noexp]).
    ('"Pain/therapy"[mh]', "A"),
    ('"Phantom Limb/therapy"[mh:noexp]', ""),
    ('"Muscle, Skeletal/anatomy & histology"[mh]', "A"),
    ('"Muscle, Skeletal/Anatomy and Histology"[mh]', "A"),
    ('"Phantom Limb/surgery"[majr]', "A"),
    ('"Muscle, Skeletal/innervation"[majr]', ""),
    ("surgery[sh]", "A"),
    ("su[sh]", "A"),
    ("therapy[sh]", "A"),
    ("therapy[sh:noexp]", ""),
    ("review[pt]", "AB"),
    ("review[pt:noexp]", "B"),
    # Truncation turns explosion off.
    ("phant*[mh]", "A"),
    ("pain*[mh]", ""),
]

WORDS = [
    ('"muscle reinnervation"[tiab]', "A"),
    ('"reinnervation muscle"[tiab]', ""),
    ("muscle reinnervation[tiab]", "A"),
    ("phantom-limb[tiab]", "A"),
    ("phantom limb[tiab]", "A"),  # punctuation separates words
    ('"pain we cut"[tiab]', ""),  # a phrase does not cross from title to abstract
    ("reinnerv*[tiab]", "A"),
    ("muscle reinnerv*[tiab]", "A"),
    ('"muscle reinnerv*"[tiab]', "A"),
    ("transf*[tiab]", "B"),
    ("tran*[tiab]", "B"),
    # Fewer than four letters: the * becomes a space.
    ("tra*[tiab]", ""),
    ("cut*[tiab]", "A"),
    ("cu*[tiab]", ""),
    # A * within the phrase becomes a space.
    ('"targ* muscle"[tiab]', ""),
    ('"targeted* muscle"[tiab]', "A"),
    # A Unicode asterisk is no wildcard (captured 2026).
    ("reinnerv∗[tiab]", ""),
]

PROXIMITY = [
    # N is the most words between, in any order.
    ('"cut nerve"[tiab:~0]', ""),
    ('"cut nerve"[tiab:~1]', "A"),
    ('"nerve cut"[tiab:~1]', "A"),
    ('"nerve muscle"[tiab:~6]', ""),
    ('"nerve muscle"[tiab:~7]', "A"),
    ('"reinnervation muscle"[Title/Abstract:~0]', "A"),
    ('"reinnervation muscle"[ti:~0]', "A"),
    # More than two words: all within one stretch.
    ('"cut nerve moved"[tiab:~2]', ""),
    ('"cut nerve moved"[tiab:~3]', "A"),
    # Stop words and Booleans are ordinary words.
    ('"quality of"[tiab:~0]', "A"),
    ('"nerve and"[tiab:~0]', "A"),
    # Does not cross from title to abstract; a word twice needs two places.
    ('"pain cut"[tiab:~9]', ""),
    ('"muscle muscle"[ti:~9]', ""),
    # With a wildcard, one word, no quotation marks or another field: dropped.
    ('"nerve musc*"[tiab:~9]', ""),
    ('"targeted musc*"[tiab:~9]', "A"),
    ('"nerve"[tiab:~9]', "AB"),
    ("cut nerve[tiab:~9]", ""),
    ('"cut nerve"[ab:~9]', ""),
    ('"humans"[mh:~3]', "A"),
]

BOOLEANS = [
    ("nerve[ti] OR neuroma[ot] AND humans[mh]", "A"),  # (nerve OR neuroma) AND humans
    ("humans[mh] AND neuroma[ot] OR nerve[ti]", "AB"),
    ("nerve[ti] OR (neuroma[ot] AND rat[ti])", "B"),
    ("nerve[tiab] NOT rat[ti]", "A"),
    ("nerve[tiab] NOT rat[ti] OR rat[ti]", "AB"),
    ("nerve[tiab] rat[ti]", "B"),  # AND between concepts
    ("(nerve[tiab]) (rat[ti])", "B"),
    ("nerve[tiab] & rat[ti]", "B"),
    ("neuroma[ot] | rat[ti]", "AB"),
    # Lower-case operators are words: the phrase is not there.
    ("nerve or muscle[tiab]", ""),
    ("nerve and then[tiab]", "A"),
    ("nerve rat", "B"),
    ("nerve the rat", "B"),  # stop words are ignored in untagged searches
    ("()", ""),
    ("", ""),
    ("AND nerve[tiab] AND", "AB"),
    ("((nerve[tiab]", "AB"),
    ("nerve[tiab]) AND rat[ti]", "B"),
    ("neuroma[ot]) OR rat[ti]", "AB"),
]

SILENT = [
    # An unknown tag and a tag on a group search all fields (source-facts, measured).
    ("constructed[tiabb]", "A"),
    ("(constructed OR rat)[ti]", "AB"),
    ("humans [foo]", "A"),
    ("[ti] rat", "B"),
]

DATES = [
    ("2024/07/30[crdt]", "A"),
    ("2024/07/29[crdt]", ""),
    ("2024/07[crdt]", "A"),
    ("2024[crdt]", "A"),
    ("2024/07/30:2025/01/05[crdt]", "AB"),
    ("2024/07/30 : 2025/01/05[crdt]", "AB"),
    ("2024/07/31:3000[crdt]", "B"),
    ("2025[Date - Create]", "B"),
    ('"2024/07/01"[crdt] : "2024/12/31"[crdt]', "A"),
    ("2024/07/01[crdt] : 2024/12/31[crdt]", "A"),
    ("2024/07/01[crdt]:2024/12/31[crdt]", "A"),
    ("2024/07/29[edat]", "A"),
    ("2024/09/01[mhda]", "A"),
    ("2024/10/02[lr]", "A"),
    ("2024/07/01[dp]", "A"),
    ("2024/02/31:2024/07/01[pdat]", "A"),
    ("nerve[tiab] NOT 2024[crdt]", "B"),
    ("2024/13[crdt]", ""),
    ("2024", ""),  # no date field is in All Fields
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [*TAGS, *HEADINGS, *WORDS, *PROXIMITY, *BOOLEANS, *SILENT, *DATES],
)
def test_pubmed_retrieves(query: str, expected: str) -> None:
    assert found(query) == expected


def test_a_record_without_headings_yet_is_not_found_by_its_headings_under_not_either() -> None:
    unindexed = replace(A, mesh=None, status="Publisher")
    assert not matches(parse_query("humans[mh]"), unindexed, MESH)
    assert matches(parse_query("nerve[tiab] NOT humans[mh]"), unindexed, MESH)


def test_without_a_tree_an_exploded_heading_finds_itself_alone() -> None:
    assert matches(parse_query('"Phantom Limb"[mh]'), A, None)
    assert not matches(parse_query('"Pain"[mh]'), A, None)


@pytest.mark.parametrize("query", ["boston[ad]", "medline[sb]", "12[vi]"])
def test_a_field_that_records_do_not_carry_is_read_and_refused_of_a_record(query: str) -> None:
    read = parse_query(query)
    assert read.fields_not_carried == (query[query.index("[") :],)
    assert read.silently_ignored == ()
    with pytest.raises(PubMedQueryRefused, match="is not kept here"):
        matches(read, A, MESH)


def test_nesting_beyond_the_limit_is_refused_with_its_place() -> None:
    with pytest.raises(PubMedQueryRefused, match="nested deeper than 100 at character 101"):
        parse_query("(" * 101 + "pain" + ")" * 101)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert found("(" * 100 + "nerve[tiab]" + ")" * 100) == "AB"


def test_a_query_over_the_length_limit_is_refused() -> None:
    with pytest.raises(PubMedQueryRefused, match="characters"):
        parse_query("a" * 1_000_001)


def test_ten_thousand_alternating_operators_are_read_without_recursion() -> None:
    assert found("nerve[ti]" + " OR foo[ti] AND nerve[ti]" * 10_000) == "B"
