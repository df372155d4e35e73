"""Which entries are one trial, in whatever order they come; and their one view."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records.trial_numbers import trial_number, trial_numbers
from surveillance.studies.joined import join
from surveillance.studies.merged import Source, filled, merge
from surveillance.studies.registrations import (
    CLINICALTRIALS,
    ICTRP,
    ISRCTN,
    Outcome,
    Reference,
    Registration,
    RegistryDate,
)

A1, A2, A3 = "NCT00000001", "NCT00000002", "NCT00000003"
B1, B2 = "ISRCTN00000001", "ISRCTN00000002"
C1 = "DRKS00000001"
EU, UTN = "2019-000123-45", "U1111-1234-5678"


def entry(number: str, *listed: str, registry: str = "", **fields: object) -> Registration:
    own = {"NCT": CLINICALTRIALS, "ISR": ISRCTN}.get(number[:3], ICTRP)
    found = Registration(number=number, secondary_ids=listed, registry=registry or own)
    return replace(found, **fields)  # type: ignore[arg-type]


def trials(*entries: Registration) -> set[frozenset[str]]:
    return {frozenset(one.kept_under for one in trial) for trial in join(entries).trials}


def groups(*named: str) -> set[frozenset[str]]:
    return {frozenset(names.split()) for names in named}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [entry(B1), entry(B1, registry=ICTRP)], groups(f"{B1} ICTRP:{B1}"), id="a copy"
        ),
        pytest.param([entry(A1, B1), entry(B1)], groups(f"{A1} {B1}"), id="one lists the other"),
        pytest.param(
            [entry(A1, f"ISRCTN 00000001 ({EU})"), entry(B1)],
            groups(f"{A1} {B1}"),
            id="a number printed otherwise",
        ),
        pytest.param(
            [entry(A1, EU), entry(B1, f"EudraCT: {EU}")],
            groups(f"{A1} {B1}"),
            id="both list a number that nobody holds",
        ),
        pytest.param([entry(A1, UTN), entry(C1, UTN)], groups(f"{A1} ICTRP:{C1}"), id="UTN"),
        pytest.param(
            [entry(A1, B1), entry(B1, C1), entry(C1)],
            groups(f"{A1} {B1} ICTRP:{C1}"),
            id="a chain",
        ),
        pytest.param(
            [entry(f"EUCTR{EU}-DE"), entry(f"EUCTR{EU}-FR"), entry(A1, EU)],
            groups(f"ICTRP:EUCTR{EU}-DE ICTRP:EUCTR{EU}-FR {A1}"),
            id="two states",
        ),
        pytest.param(
            [entry(A2, aliases=(A1,)), entry(B1, A1)], groups(f"{A2} {B1}"), id="a former number"
        ),
        pytest.param(
            [entry(A1, "HTA 13/143"), entry(B1, "HTA 13/143")],
            groups(A1, B1),
            id="a sponsor's number joins nothing",
        ),
        pytest.param(
            [entry(A1), entry(A2, A1)], groups(A1, A2), id="an extension lists its parent"
        ),
        pytest.param(
            [entry(A1, A2), entry(A2, A1)], groups(f"{A1} {A2}"), id="two that list each other"
        ),
        pytest.param(
            [entry(A1, EU), entry(A2, EU)], groups(A1, A2), id="one EudraCT number, one registry"
        ),
        pytest.param(
            [entry(A1, EU), entry(A2, EU), entry(B1, EU)],
            groups(A1, A2, B1),
            id="to which of the two is doubtful",
        ),
        pytest.param(
            [entry(A1, EU), entry(A2, EU), entry(f"EUCTR{EU}-DE", A1)],
            groups(f"{A1} ICTRP:EUCTR{EU}-DE", A2),
            id="the one that is listed there, too",
        ),
        pytest.param(
            [entry(A1, B1), entry(B1, A1), entry(B2, A1)],
            groups(f"{A1} {B1}", B2),
            id="a substudy lists its parent elsewhere",
        ),
        pytest.param(
            [entry(B1, A1, A2), entry(A1), entry(A2)],
            groups(A1, A2, B1),
            id="one lists two of one registry",
        ),
        pytest.param(
            [entry(B1, A1, A2), entry(A1, B1), entry(A2)],
            groups(f"{A1} {B1}", A2),
            id="one lists two, and one of them lists it back",
        ),
        pytest.param(
            [entry(A1, B1), entry(B1, A1), entry(B1, C1), entry(C1), entry(A2, C1)],
            groups(f"{A1} {B1}", f"ICTRP:{C1}", A2),
            id="a chain that would join two of one registry",
        ),
        pytest.param(
            [entry(A1, B1), entry(A2, B1), entry(B1, A1, A2)],
            groups(A1, A2, B1),
            id="one is listed back by two of one registry",
        ),
        pytest.param([entry("NL-1"), entry("nl-1")], groups("ICTRP:NL-1 ICTRP:nl-1"), id="unknown"),
        pytest.param([], set(), id="nothing"),
    ],
)
def test_entries_are_one_trial_by_the_numbers_that_they_name(
    entries: list[Registration], expected: set[frozenset[str]]
) -> None:
    assert trials(*entries) == expected


def test_what_is_doubted_is_named() -> None:
    found = join([entry(A1, EU), entry(A2, EU), entry(B1, EU)])
    named = {(doubt.numbers, doubt.listed) for doubt in found.doubts}
    assert ((B1, A1), f"EUCTR{EU}") in named
    assert ((B1, A2), f"EUCTR{EU}") in named
    assert join([entry(A1, B1), entry(B1)]).doubts == ()


def test_a_number_that_everybody_lists_joins_nobody() -> None:
    many = [entry(f"DRKS{number:08d}", UTN) for number in range(40)]
    others = [entry(f"KCT{number:07d}", UTN) for number in range(40)]
    found = join([*many, *others, entry(A1, B1), entry(B1, A1, UTN)])
    assert len(found.trials) == 81
    assert found.doubts == ()


NUMBERS = (A1, A2, A3, B1, B2, C1, f"EUCTR{EU}-DE")
LISTS = st.lists(
    st.tuples(
        st.sampled_from(NUMBERS),
        st.lists(st.sampled_from((*NUMBERS, UTN, EU)), max_size=3, unique=True),
    ),
    max_size=7,
    unique_by=lambda pair: pair[0],
)


@given(LISTS, st.randoms())
def test_the_order_of_entries_does_not_matter(
    named: list[tuple[str, list[str]]], chance: object
) -> None:
    entries = [entry(number, *listed) for number, listed in named]
    mixed = list(entries)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert join(mixed) == join(entries)


@given(LISTS)
def test_each_entry_is_in_one_trial_and_no_trial_joins_two_of_a_registry_unasked(
    named: list[tuple[str, list[str]]],
) -> None:
    entries = [entry(number, *listed) for number, listed in named]
    found = join(entries)
    together = [one.number for trial in found.trials for one in trial]
    assert sorted(together) == sorted(one.number for one in entries)
    for trial in found.trials:
        for one, other in combinations(trial, 2):
            ours, theirs = trial_number(one.number), trial_number(other.number)
            assert ours is not None
            assert theirs is not None
            if ours.registry == theirs.registry:
                assert theirs in trial_numbers(one.secondary_ids)
                assert ours in trial_numbers(other.secondary_ids)


def test_two_entries_that_nobody_else_claims_are_joined_by_either() -> None:
    for one, other in ((entry(A1, B1), entry(B1)), (entry(A1), entry(B1, A1))):
        assert len(join([one, other]).trials) == 1


# The one view


def test_the_richer_registry_counts_and_the_poorer_fills() -> None:
    ours = entry(
        A1, "ABC-1", title="Ours", status="COMPLETED", enrolment=0, last_update_posted="2020-01-01"
    )
    isrctn = entry(
        B1,
        A1,
        title="Theirs",
        status="TERMINATED",
        why_stopped="No money",
        enrolment=55,
        enrolment_type="ACTUAL",
        sponsor="A university",
        last_update_posted="2025-01-01",
    )
    copy = entry(A1, registry=ICTRP, title="Copied", countries=("Ireland",), has_results=True)
    found = merge([copy, isrctn, ours])
    trial = found.registration
    assert (trial.number, trial.registry, trial.title) == (A1, CLINICALTRIALS, "Ours")
    assert (trial.status, trial.why_stopped) == ("COMPLETED", "")
    assert (trial.enrolment, trial.enrolment_type) == (0, "")
    assert (trial.sponsor, trial.countries, trial.has_results) == (
        "A university",
        ("Ireland",),
        True,
    )
    assert trial.secondary_ids == ("ABC-1", A1, B1)
    assert found.sources["title"] == Source(CLINICALTRIALS, A1)
    assert found.sources["sponsor"] == Source(ISRCTN, B1)
    assert found.sources["countries"] == Source(ICTRP, A1)
    assert "summary" not in found.sources


def test_of_equal_rank_the_newer_counts() -> None:
    older = entry(C1, title="Older", sponsor="A", last_update_posted="2024-01-01")
    newer = entry(f"EUCTR{EU}-DE", title="Newer", last_update_posted="2025-01-01")
    found = merge([older, newer]).registration
    assert (found.number, found.title, found.sponsor) == (f"EUCTR{EU}-DE", "Newer", "A")


FILLED = st.builds(
    entry,
    st.sampled_from((A1, B1, C1)),
    registry=st.sampled_from((CLINICALTRIALS, ISRCTN, ICTRP)),
    title=st.sampled_from(("", "A", "B")),
    status=st.sampled_from(("", "RECRUITING", "COMPLETED")),
    why_stopped=st.sampled_from(("", "No money")),
    enrolment=st.sampled_from((None, 0, 5)),
    completion=st.sampled_from((None, RegistryDate("2025"))),
    has_results=st.booleans(),
    primary_outcomes=st.sampled_from(((), (Outcome("Pain"),))),
    references=st.sampled_from(((), (Reference("1", "RESULT"),), (Reference("2", "RESULT"),))),
    last_update_posted=st.sampled_from(("", "2024-01-01")),
)
#: What must not be lost; why a trial stopped goes with its status.
KEPT = ("title", "status", "completion", "has_results", "primary_outcomes", "references")


@given(st.lists(FILLED, min_size=1, max_size=4), st.randoms())
def test_no_field_is_blanked_and_the_order_does_not_matter(
    members: list[Registration], chance: object
) -> None:
    found = merge(members)
    for name in KEPT:
        assert any(getattr(one, name) for one in members) == bool(getattr(found.registration, name))
    given_sizes = [one.enrolment for one in members if one.enrolment is not None]
    assert (found.registration.enrolment in given_sizes) == bool(given_sizes)
    mixed = list(members)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert merge(mixed) == found


@given(st.lists(FILLED, min_size=1, max_size=4))
def test_each_value_is_what_the_named_registry_says(members: list[Registration]) -> None:
    found = merge(members)
    for name, source in found.sources.items():
        if name in {"references", "secondary_ids", "aliases"}:
            continue
        named = (
            one for one in members if (one.registry, one.number) == (source.registry, source.number)
        )
        assert getattr(found.registration, name) in [getattr(one, name) for one in named]


@given(FILLED, FILLED)
def test_a_version_is_filled_and_never_changed(later: Registration, earlier: Registration) -> None:
    found = filled(later, earlier)
    for name in KEPT:
        assert getattr(found, name) == (getattr(later, name) or getattr(earlier, name))
    assert (found.number, found.registry) == (later.number, later.registry)
