"""What people's words amount to: a table of cases, and what holds of any words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.reviewing import ONE, TWO, Reviewing, State, settle, visible
from surveillance.screening.rules import Verdict

BODY = "A Guidance Body"
LETTERS = {"i": Verdict.INCLUDE, "x": Verdict.EXCLUDE, "u": Verdict.UNSURE}


@dataclass(frozen=True)
class Said:
    made_by: str
    verdict: Verdict


def words(text: str) -> tuple[Said, ...]:
    """“A:i B:x” → what A and B say; G is the guidance."""
    parts = (part.split(":") for part in text.split())
    return tuple(Said(BODY if who == "G" else who, LETTERS[what]) for who, what in parts)


@pytest.mark.parametrize(
    ("readers", "said", "joined", "state", "counts"),
    [
        (ONE, "", "", State.WAITS, ""),
        (ONE, "A:i", "A", State.DECIDED, "A:i"),
        (ONE, "A:i B:x", "AB", State.DECIDED, "B:x"),
        (ONE, "B:x A:i", "AB", State.DECIDED, "A:i"),
        (ONE, "G:i A:x", "GA", State.DECIDED, "A:x"),
        (TWO, "", "", State.WAITS, ""),
        (TWO, "A:i", "A", State.SECOND, ""),
        (TWO, "A:i B:i", "AB", State.DECIDED, "A:i"),
        (TWO, "B:i A:i", "AB", State.DECIDED, "A:i"),
        (TWO, "A:i B:u", "AB", State.CONFLICT, ""),
        (TWO, "A:i B:x C:u", "ABC", State.DECIDED, "C:u"),
        (TWO, "C:u A:x B:x", "ABC", State.DECIDED, "C:u"),
        (TWO, "A:i B:i C:x", "ABC", State.DECIDED, "C:x"),
        (TWO, "G:i", "G", State.DECIDED, "G:i"),
        (TWO, "G:i A:x", "GA", State.DECIDED, "G:i"),
        (TWO, "G:i A:x B:i", "GAB", State.CONFLICT, ""),
        (TWO, "G:i A:x B:x", "GAB", State.DECIDED, "A:x"),
    ],
)
def test_words_are_settled(readers: int, said: str, joined: str, state: State, counts: str) -> None:
    names = [BODY if who == "G" else who for who in joined]
    found = settle(words(said), names, Reviewing(readers, BODY))
    assert found.state is state
    assert found.decision == (words(counts)[0] if counts else None)


SAID = st.lists(
    st.builds(Said, st.sampled_from(["A", "B", "C", "D", BODY]), st.sampled_from(list(Verdict))),
    unique_by=lambda word: word.made_by,
)


@given(said=SAID, order=st.randoms(), readers=st.sampled_from([ONE, TWO]))
def test_a_decision_is_always_somebodys_word(said: list[Said], order: object, readers: int) -> None:
    joined = sorted(word.made_by for word in said)
    found = settle(said, joined, Reviewing(readers, BODY))
    assert (found.decision is not None) == (found.state is State.DECIDED)
    assert found.decision is None or found.decision in said


@given(said=SAID)
def test_before_two_readers_have_spoken_each_sees_ones_own_word_alone(said: list[Said]) -> None:
    reviewing = Reviewing(TWO, BODY)
    found = settle(said, [word.made_by for word in said], reviewing)
    for reader in "ABCD":
        seen = visible(said, found.state, reader, reviewing)
        if found.state in (State.WAITS, State.SECOND):
            assert all(word.made_by == reader for word in seen)
        else:
            assert list(seen) == said
