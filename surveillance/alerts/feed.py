"""The signals of a topic as an Atom feed (RFC 4287), newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from lxml import etree

from surveillance.alerts.digest import Places
from surveillance.alerts.wording import one_line, shortened
from surveillance.signals.model import Signal
from surveillance.topics import Topic

#: So many entries stand in a feed; older ones have been read, or are in the store.
NEWEST = 200

_ATOM = "http://www.w3.org/2005/Atom"
# Ids must never change, whatever page or organisation shows them later; RFC 4151 wants a name for
# whoever gives them out, and nobody can ever own one that ends in .invalid (RFC 2606).
_TAG = "tag:surveil.invalid,2024:"
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Item:
    """A signal with its version, the day it was raised and the day of its version."""

    signal: Signal
    version: int
    raised_on: date
    updated_on: date


def feed(topic: Topic, items: Sequence[Item], places: Places, banner: str = "") -> bytes:
    """The feed of a topic. `items` stand in the order in which they were raised."""
    newest = sorted(enumerate(items), key=lambda one: (_updated(one[1]), one[0]), reverse=True)
    shown = [item for _, item in newest[:NEWEST]]
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    title = one_line(topic.title)
    _add(root, "id", f"{_TAG}{topic.slug}")
    _add(root, "title", f"[{one_line(banner)}] {title}" if banner else title)
    day = datetime.combine(topic.guidance.published_search, time(), UTC)
    _add(root, "updated", _moment(max(map(_updated, shown), default=day)))
    author = etree.SubElement(root, f"{{{_ATOM}}}author")
    _add(author, "name", "surveil")
    _add(root, "link", rel="related", href=one_line(topic.guidance.url))
    for item in shown:
        _add_entry(root, topic, item, places)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _add_entry(root: etree._Element, topic: Topic, item: Item, places: Places) -> None:
    signal = item.signal
    entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
    _add(entry, "id", f"{_TAG}{topic.slug}/{signal.key}")
    _add(entry, "title", f"[{signal.weight}] {shortened(signal.headline, _LONGEST)}")
    _add(entry, "updated", _moment(_updated(item)))
    _add(entry, "published", _moment(_midnight(item.raised_on)))
    _add(entry, "category", term=str(signal.kind))
    place = places.of(signal)
    if place and place.url:
        _add(entry, "link", rel="alternate", href=place.url)
    touched = ", ".join(map(one_line, signal.recommendations))
    said = [shortened(signal.sentence, _LONGEST)]
    said += [f"Recommendations: {touched}."] if touched else []
    said += [place.name] if place and not place.url else []
    _add(entry, "content", "\n".join(said), type="text")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> None:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text


def _updated(item: Item) -> datetime:
    """A later version of the same day is later by seconds, so that readers show it again."""
    return _midnight(item.updated_on) + timedelta(seconds=item.version - 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
