"""Texts as numbers: which words there are, what they weigh, and what no text may break."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.rank_words import RankText, RankWords, rank_words

NEUROMA = RankText("Neuroma after amputation", "Painful neuromas were treated.")
PHANTOM = RankText("Phantom pain", "Amputations and phantom pain in painful limbs.")


def named(words: RankWords, place: int) -> dict[str, float]:
    row = words.matrix[place]
    found: dict[str, float] = {}
    for column, value in zip(row.indices, row.data, strict=True):
        name = words.name(int(column))
        found[name] = found.get(name, 0.0) + float(value)
    return found


def test_forms_of_a_word_are_one_named_by_the_form_that_titles_have() -> None:
    words = rank_words([NEUROMA, PHANTOM, RankText("Hand")])
    # “painful” of the first text is shown as the second's title has it.
    assert named(words, 0).keys() == {"amputation", "pain"}


def test_two_words_behind_one_another_count_together() -> None:
    texts = [RankText("Nerve transfers"), RankText("A nerve transfer"), RankText("Transfer")]
    words = rank_words(texts)
    assert "nerve transfers" in named(words, 1)
    assert "nerve transfers" not in named(words, 2)


def test_no_pair_reaches_from_one_text_into_the_next() -> None:
    texts = [RankText("one alpha"), RankText("beta two"), RankText("alpha"), RankText("beta")]
    assert not any("alpha beta" in named(rank_words(texts), place) for place in range(4))


def test_a_word_in_one_text_alone_or_in_nearly_all_says_nothing() -> None:
    texts = [RankText(f"Study of {word}") for word in ("nerves", "nerves", *map(str, range(30)))]
    assert named(rank_words(texts), 0).keys() == {"nerves", "of nerves"}


def test_each_kind_of_word_has_one_length_however_long_the_text_is() -> None:
    short, long = RankText("Nerve transfer"), RankText("Nerve transfer", "nerve transfer " * 500)
    matrix = rank_words([short, long, RankText("Muscle")]).matrix
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    assert lengths[:2] == pytest.approx([1.0, 1.0])
    assert lengths[2] == 0


def test_signs_of_chinese_are_words_and_cyrillic_words_are_words() -> None:
    texts = [RankText("神经瘤治疗"), RankText("神经阻滞"), RankText("Лечение невромы")]
    texts.append(RankText("Невромы культи"))
    words = rank_words(texts)
    assert "神 经" in named(words, 0)
    assert "невромы" in named(words, 3)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [RankText("")],
        [RankText("", ""), RankText("", "")],
        [RankText("one")],
        [RankText("\x00\ud800 &lt;b&gt;")] * 3,
        [RankText("same words")] * 5,
        [RankText("long", "word " * 200_000), RankText("long", "x" * 1_000_000)],
    ],
    ids=["none", "one empty", "all empty", "one word", "no text", "identical", "a megabyte"],
)
def test_no_text_is_too_bad_to_be_read(texts: list[RankText]) -> None:
    matrix = rank_words(texts).matrix
    assert matrix.shape[0] == len(texts)
    assert np.isfinite(matrix.data).all()


@given(st.lists(st.builds(RankText, st.text(max_size=40), st.text(max_size=80)), max_size=6))
def test_every_weight_is_a_number_and_every_column_has_a_name(texts: list[RankText]) -> None:
    words = rank_words(texts)
    assert np.isfinite(words.matrix.data).all()
    assert all(words.name(column) for column in range(words.matrix.shape[1]))
