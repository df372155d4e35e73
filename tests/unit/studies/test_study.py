"""Studies: which report belongs to which trial, whoever says so, in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveillance.records import Record
from surveillance.studies.linking import link_all
from surveillance.studies.links import Certainty, Link, Place
from surveillance.studies.one_trial import Trial, Trials
from surveillance.studies.study import Belonging, Linked, Verdict, Word, studies, ties

A, B, C = "NCT00000001", "NCT00000002", "ISRCTN00000003"
#: A and C are one trial.
TRIALS = Trials([Trial(number=A), Trial(number=B), Trial(number=C)], [{A, C}])

numbers = st.sampled_from([A, B, C])
links = st.builds(
    Link,
    numbers,
    st.sampled_from(Place),
    st.just(""),
    st.sampled_from(Certainty),
    st.just(("a reason",)),
)
words = st.builds(Word, numbers, st.sampled_from(Verdict), st.integers(1, 50))
linked = st.builds(
    Linked,
    st.sampled_from(["pubmed:1", "pubmed:2", "embase:3"]),
    st.lists(links, max_size=4).map(tuple),
    st.lists(words, max_size=4, unique_by=lambda word: word.turn).map(tuple),
)


def one(links: tuple[Link, ...] = (), words: tuple[Word, ...] = ()) -> dict[str, Belonging]:
    return {tie.trial: tie.belonging for tie in ties(TRIALS, Linked("pubmed:1", links, words))}


def certain(number: str) -> Link:
    return Link(number, Place.ABSTRACT, "", Certainty.CERTAIN, ("said",))


def doubtful(number: str) -> Link:
    return Link(number, Place.ABSTRACT, "", Certainty.DOUBTFUL, ("said",))


def test_several_reports_of_one_trial_are_one_study() -> None:
    found = studies(
        TRIALS,
        [
            Linked("pubmed:2", (certain(C),)),
            Linked("pubmed:1", (certain(A), certain(C))),
            Linked("pubmed:3", (doubtful(A),)),
        ],
    )
    both, other = sorted(found, key=lambda study: B in study.numbers)
    assert set(both.numbers) == {A, C}
    assert both.reports == ("pubmed:1", "pubmed:2")
    assert [tie.report for tie in both.waiting] == ["pubmed:3"]
    assert other.reports == () and other.numbers == (B,)


def test_a_report_that_is_certainly_of_two_trials_is_doubtful_of_both() -> None:
    assert set(one((certain(A), certain(B))).values()) == {Belonging.DOUBTFUL}


def test_a_persons_word_for_one_trial_makes_the_rules_other_doubtful() -> None:
    found = one((certain(A),), (Word(B, Verdict.SAME, 1),))
    assert found[TRIALS.key(B)] is Belonging.BY_PERSON
    assert found[TRIALS.key(A)] is Belonging.DOUBTFUL


def test_a_persons_word_against_one_trial_frees_the_other() -> None:
    found = one((certain(A), certain(B)), (Word(B, Verdict.DIFFERENT, 1),))
    assert found[TRIALS.key(A)] is Belonging.CERTAIN
    assert found[TRIALS.key(B)] is Belonging.NOT


def test_people_may_say_that_a_report_is_of_two_trials() -> None:
    found = one((doubtful(A),), (Word(A, Verdict.SAME, 1), Word(B, Verdict.SAME, 2)))
    assert set(found.values()) == {Belonging.BY_PERSON}


def test_the_last_word_holds_whichever_registration_it_was_said_of() -> None:
    assert one((), (Word(A, Verdict.SAME, 1), Word(C, Verdict.DIFFERENT, 2))) == {
        TRIALS.key(A): Belonging.NOT
    }


@given(linked, st.randoms())
def test_the_order_of_links_and_words_changes_nothing(given: Linked, random: object) -> None:
    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(values, len(values)))  # type: ignore[attr-defined]

    again = Linked(given.report, shuffled(given.links), shuffled(given.words))  # type: ignore[arg-type]
    assert [(tie.trial, tie.belonging) for tie in ties(TRIALS, given)] == [
        (tie.trial, tie.belonging) for tie in ties(TRIALS, again)
    ]


@given(linked)
def test_no_report_belongs_to_two_trials_unless_people_say_so(given: Linked) -> None:
    found = ties(TRIALS, given)
    belonging = [tie for tie in found if tie.belonging.belongs]
    assert len(belonging) < 2 or all(tie.word for tie in belonging)


@given(linked)
def test_a_persons_word_always_holds(given: Linked) -> None:
    found = {tie.trial: tie.belonging for tie in ties(TRIALS, given)}
    for key in {TRIALS.key(word.number) for word in given.words}:
        last = max(
            (word for word in given.words if TRIALS.key(word.number) == key),
            key=lambda word: word.turn,
        )
        assert found[key].belongs is (last.verdict is Verdict.SAME)


@given(linked)
def test_every_link_is_in_some_tie(given: Linked) -> None:
    kept = [link for tie in ties(TRIALS, given) for link in tie.links]
    assert sorted(map(str, kept)) == sorted(map(str, given.links))


def text_of(named: list[str]) -> str:
    return f"Trial registration: {', '.join(named)}." if named else "No number here."


@given(st.dictionaries(st.integers(1, 9), st.lists(numbers, max_size=3), max_size=5), st.randoms())
def test_linking_goes_by_no_order(named: dict[int, list[str]], random: object) -> None:
    records = {
        number: Record(source="pubmed", source_id=str(number), abstract=text_of(held))
        for number, held in named.items()
    }
    order = random.sample(list(records), len(records))  # type: ignore[attr-defined]
    turned = Trials(list(reversed(list(TRIALS.trials))), [{C, A}])
    again = dict(link_all({number: records[number] for number in order}, turned))
    assert dict(link_all(records, TRIALS)) == again
    for found in again.values():
        keys = {TRIALS.key(link.number) for link in found if link.certain}
        assert len(keys) < 2
