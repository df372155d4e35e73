"""A link takes off whom it was made for, and nobody makes one without the key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveillance.alerts.unsubscribing import Leaving, WayOut, signed, verified

KEY = b"k" * 32
addresses = st.emails()
topics = st.text(max_size=40)


@given(addresses, topics)
def test_a_token_says_for_whom_it_was_made(address: str, topic: str) -> None:
    leaving = Leaving(address, topic)
    token = signed(leaving, KEY)
    assert verified(token, KEY) == leaving
    assert token == "".join(c for c in token if c.isascii() and (c.isalnum() or c in "-_."))


@given(addresses, st.integers(0, 400), st.characters(codec="ascii", categories=("L", "N")))
def test_a_token_with_another_letter_is_none(address: str, at: int, letter: str) -> None:
    token = signed(Leaving(address, "nerves"), KEY)
    at %= len(token)
    forged = token[:at] + letter + token[at + 1 :]
    if forged != token:
        assert verified(forged, KEY) is None


@given(st.text(max_size=200))
def test_what_is_no_token_takes_nobody_off(text: str) -> None:
    assert verified(text, KEY) is None


def test_another_key_no_key_and_a_token_for_another_topic() -> None:
    token = signed(Leaving("ann@example.org", "nerves"), KEY)
    assert verified(token, b"x" * 32) is None
    assert verified(token, b"") is None
    other = signed(Leaving("ann@example.org", "arms"), KEY)
    mixed = f"{token.partition('.')[0]}.{other.partition('.')[2]}"
    assert verified(mixed, KEY) is None


def test_there_is_a_link_only_where_there_is_a_page_and_a_key() -> None:
    leaving = Leaving("ann@example.org")
    assert WayOut("https://example.org", KEY).link(leaving).startswith("https://example.org/u")
    assert WayOut("https://example.org").link(leaving) == ""
    assert WayOut(key=KEY).link(leaving) == ""
    assert WayOut().mail(leaving) == ""
    assert "all%20topics" in WayOut(mail_to="a@example.org").mail(leaving)
