"""The order of what is unread: what teaches, what stands in for it, and the words that say why."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.screening.rank import rank
from surveillance.screening.rank_words import RankText

NERVES = ("nerve", "muscle", "amputation", "neuroma", "reinnervation", "stump", "prosthesis")
HEARTS = ("heart", "statin", "valve", "pressure", "stroke", "vessel", "aspirin")


def texts_of(words: tuple[str, ...], count: int, seed: int) -> list[RankText]:
    draw = random.Random(seed)
    return [
        RankText(" ".join(draw.sample(words, 3)), " ".join(draw.choices(words, k=20)))
        for _ in range(count)
    ]


WANTED = texts_of(NERVES, 12, seed=1)
OTHERS = texts_of(HEARTS, 20, seed=2)
TEXTS = [*WANTED, *OTHERS]


def labels(decided: dict[int, bool]) -> list[bool | None]:
    return [decided.get(place) for place in range(len(TEXTS))]


def test_what_is_like_the_included_comes_before_what_is_like_the_excluded() -> None:
    ranked = rank(TEXTS, labels({0: True, 1: True, 12: False, 13: False}))
    assert set(ranked.order[:10]) == set(range(2, 12))
    assert not ranked.cold


def test_only_what_nobody_decided_on_is_ordered() -> None:
    decided = {0: True, 12: False, 20: False}
    ranked = rank(TEXTS, labels(decided))
    assert sorted([*ranked.order, *decided]) == list(range(len(TEXTS)))
    assert len(ranked.scores) == len(ranked.order)
    assert list(ranked.scores) == sorted(ranked.scores, reverse=True)


def test_a_decision_changes_the_order() -> None:
    before = rank(TEXTS, labels({12: True, 13: True, 0: False, 1: False}))
    after = rank(TEXTS, labels({0: True, 1: True, 12: False, 13: False}))
    assert set(before.order[:10]) <= set(range(14, 32))
    assert set(after.order[:10]) <= set(range(2, 12))


def test_known_items_alone_begin_with_what_is_like_them() -> None:
    ranked = rank(TEXTS, labels({0: True, 1: True}))
    assert ranked.cold
    assert set(ranked.order[:10]) == set(range(2, 12))


def test_before_any_decision_the_words_of_the_criteria_begin() -> None:
    ranked = rank(TEXTS, labels({}), RankText("", "nerve transfer. neuroma. amputation"))
    assert ranked.cold
    assert set(ranked.order[:12]) == set(range(12))


def test_the_words_of_the_criteria_are_silent_once_people_have_spoken() -> None:
    decided = labels({12: True, 13: True, 0: False, 1: False})
    told = rank(TEXTS, decided, RankText("", " ".join(NERVES)))
    assert set(told.order[:10]) <= set(range(14, 32))


def test_with_exclusions_alone_the_criteria_say_what_is_wanted() -> None:
    ranked = rank(TEXTS, labels({12: False, 13: False}), RankText("", "neuroma amputation"))
    assert set(ranked.order[:12]) == set(range(12))


@pytest.mark.parametrize("said", [True, False, None])
def test_with_nothing_to_learn_from_the_order_is_that_of_the_texts(said: bool | None) -> None:
    decided = [said if place < 3 else None for place in range(6)]
    ranked = rank([RankText("same words")] * 6, decided)
    assert list(ranked.order) == [place for place in range(6) if decided[place] is None]
    assert set(ranked.scores) <= {0.0}


def test_the_same_decisions_give_the_same_order_to_the_last_place() -> None:
    decided = labels({0: True, 3: True, 12: False, 17: False, 19: False})
    assert rank(TEXTS, decided) == rank(TEXTS, decided)


def test_a_report_without_an_abstract_is_found_by_its_title() -> None:
    bare = RankText("Reinnervation of muscle after amputation")
    texts = [*TEXTS, bare]
    ranked = rank(texts, [*labels({0: True, 1: True, 12: False, 13: False}), None])
    assert len(TEXTS) in ranked.order[:11]


def test_the_terms_say_what_lifted_a_report_and_what_pushed_it_down() -> None:
    mixed = RankText("Neuroma and statin", "neuroma amputation statin heart")
    ranked = rank([*TEXTS, mixed], [*labels({0: True, 1: True, 12: False, 13: False}), None])
    terms = ranked.terms(len(TEXTS))
    assert {word for word, _ in terms.lifted} & set(NERVES)
    assert {word for word, _ in terms.lowered} & set(HEARTS)
    assert all(by > 0 for _, by in terms.lifted)
    assert all(by < 0 for _, by in terms.lowered)
    assert [by for _, by in terms.lifted] == sorted((by for _, by in terms.lifted), reverse=True)


def test_function_words_count_and_are_not_told() -> None:
    wanted = [RankText(f"of the nerve {n}") for n in range(3)]
    others = [RankText(f"heart {n}") for n in range(3)]
    ranked = rank([*wanted, *others], [True, True, None, False, False, None])
    assert ranked.moved(2)["of"] > 0
    assert [word for word, _ in ranked.terms(2).lifted] == ["nerve"]


def test_all_terms_together_are_the_distance_between_two_scores() -> None:
    decided = labels({0: True, 1: True, 12: False, 13: False})
    ranked = rank(TEXTS, decided)
    score = dict(zip(ranked.order, ranked.scores, strict=True))
    high, low, middle = ranked.order[0], ranked.order[-1], ranked.order[15]

    def moved(place: int) -> float:
        return sum(ranked.moved(place).values())

    share = (moved(high) - moved(middle)) / (moved(high) - moved(low))
    assert share == pytest.approx((score[high] - score[middle]) / (score[high] - score[low]))


def test_each_text_needs_a_label_or_none() -> None:
    with pytest.raises(ValueError, match="each text"):
        rank(TEXTS, [None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.builds(RankText, st.text(max_size=30), st.text(max_size=60)),
            st.sampled_from([True, False, None]),
        ),
        max_size=8,
    ),
    st.sampled_from([None, RankText("", "nerve")]),
)
def test_whatever_is_read_every_unread_text_has_one_place(
    read: list[tuple[RankText, bool | None]], wanted: RankText | None
) -> None:
    said = [label for _, label in read]
    ranked = rank([text for text, _ in read], said, wanted)
    assert sorted(ranked.order) == [place for place, label in enumerate(said) if label is None]
    for place in ranked.order:
        ranked.terms(place)
