"""The feed as a feed reader reads it (RFC 4287)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from surveillance.alerts.digest import Places
from surveillance.alerts.feed import NEWEST, Item, feed
from surveillance.studies.weight import Weight
from tests.unit.alerts.test_digest import HOSTILE, a_signal
from tests.unit.signals.topics import TODAY, topic

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def item(number: int = 1, *, version: int = 1, day: date = TODAY, **values: Any) -> Item:
    return Item(a_signal(f"pubmed {number}", **values), version, TODAY, day)


def parsed(*items: Item, places: Places | None = None, banner: str = "") -> Any:
    raw = feed(topic(), items, places or Places(), banner)
    tree: Any = etree.fromstring(raw)
    assert tree.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(tree.xpath("a:id | a:title | a:updated | a:author/a:name", namespaces=ATOM)) == 4
    for entry in tree.xpath("a:entry", namespaces=ATOM):
        assert len(entry.xpath("a:id | a:title | a:updated", namespaces=ATOM)) == 3
        assert entry.xpath("a:content | a:link[@rel='alternate']", namespaces=ATOM)
    for moment in texts(tree, "//a:updated | //a:published"):
        assert datetime.fromisoformat(moment).tzinfo is not None
    ids = texts(tree, "//a:id")
    assert len(ids) == len(set(ids))
    assert all(one.startswith("tag:surveil.invalid,2024:") for one in ids)
    return tree


def texts(tree: Any, path: str) -> list[str]:
    return [one.text for one in tree.xpath(path, namespaces=ATOM)]


def test_an_entry_says_weight_headline_reason_and_recommendations() -> None:
    tree = parsed(item())
    assert texts(tree, "a:entry/a:title") == ["[high] First randomised trial: pubmed 1"]
    assert texts(tree, "a:entry/a:content") == ["“Nerves” was found.\nRecommendations: 1.4, 1.6."]


def test_an_empty_feed_is_a_feed() -> None:
    assert texts(parsed(), "a:updated") == ["2024-08-02T00:00:00Z"]


def test_ids_stay_and_updated_grows_with_the_version() -> None:
    before = parsed(item(), item(2))
    same_day = parsed(item(version=2), item(2))
    later = parsed(item(version=3, day=TODAY + timedelta(7)), item(2))
    for tree in (same_day, later):
        assert set(texts(tree, "//a:id")) == set(texts(before, "//a:id"))
    moments = [max(texts(tree, "a:entry/a:updated")) for tree in (before, same_day, later)]
    assert moments == sorted(set(moments))
    assert texts(later, "a:updated") == [moments[-1]]
    # What changed last stands first.
    assert "pubmed 1" in texts(later, "a:entry/a:title")[0]


def test_a_feed_is_bounded_and_keeps_the_newest() -> None:
    items = [item(n, day=TODAY + timedelta(n // 10)) for n in range(3570)]
    titles = texts(parsed(*items), "a:entry/a:title")
    assert len(titles) == NEWEST
    assert titles[0].endswith("pubmed 3569")


def test_a_signal_is_linked_or_its_command_named() -> None:
    one = item()
    numbers = {one.signal.key: 7}
    page = parsed(one, places=Places(page="https://surveil.example.org", numbers=numbers))
    link = "string(a:entry/a:link/@href)"
    assert page.xpath(link, namespaces=ATOM) == "https://surveil.example.org/signals/7"
    assert (
        "surveil signals show 7"
        in texts(parsed(one, places=Places(numbers=numbers)), "//a:content")[0]
    )


def test_the_banner_stands_in_the_title() -> None:
    assert texts(parsed(banner="DEMO"), "a:title")[0].startswith("[DEMO] ")


@pytest.mark.parametrize("title", HOSTILE, ids=lambda title: ascii(title[:20]))
def test_what_sources_wrote_stays_text(title: str) -> None:
    tree = parsed(item(headline=title, sentence=title, recommendations=(title,)), banner=title)
    assert len(tree.xpath("//*")) == len(parsed(item()).xpath("//*"))


@given(st.text(max_size=60), st.sampled_from(Weight))
def test_any_text_makes_a_feed(title: str, weight: Weight) -> None:
    parsed(item(headline=title, sentence=title, weight=weight))


def test_the_same_signals_give_the_same_bytes() -> None:
    assert feed(topic(), [item()], Places()) == feed(topic(), [item()], Places())
