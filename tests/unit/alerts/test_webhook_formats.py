"""What Slack, Teams and programs are given: within their limits, and what sources wrote is text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from surveillance.alerts.digest import DigestContent, Places, Waiting, WeekInNumbers
from surveillance.alerts.message import REPEATED
from surveillance.alerts.webhook_formats import JSON_BYTES, TEAMS_BYTES, marked_as_repeat, payload
from surveillance.signals.model import Signal
from tests.unit.alerts.test_digest import HOSTILE, a_signal
from tests.unit.signals.topics import TODAY, topic

FORMATS = ("slack", "teams", "json")
PAGE = "https://surveil.example.org"


def content(*signals: Signal, **values: Any) -> DigestContent:
    numbers = {signal.key: number for number, signal in enumerate(signals, 1)}
    return DigestContent(
        **{
            "topic": topic(),
            "today": TODAY,
            "coverage": (),
            "signals": signals,
            "numbers": WeekInNumbers(),
            "waiting": Waiting(),
            "places": Places(page=PAGE, numbers=numbers),
            **values,
        }
    )


def made(form: str, *signals: Signal, **values: Any) -> Any:
    return json.loads(payload(form, content(*signals, **values)))


def strings(document: Any) -> Iterator[str]:
    """Every text in a document."""
    match document:
        case dict():
            for value in document.values():
                yield from strings(value)
        case list():
            for value in document:
                yield from strings(value)
        case str():
            yield document


def shown(document: Any) -> str:
    return "\n".join(strings(document))


@pytest.mark.parametrize("form", FORMATS)
def test_a_signal_is_told_with_weight_reason_recommendations_and_link(form: str) -> None:
    words = shown(made(form, a_signal()))
    for said in ("high", "First randomised trial: pubmed 1", "“Nerves” was found.", "1.4", "1.6"):
        assert said in words
    assert f"{PAGE}/signals/1" in words


@pytest.mark.parametrize("form", FORMATS)
def test_without_a_page_the_command_is_named(form: str) -> None:
    signal = a_signal()
    words = shown(made(form, signal, places=Places(numbers={signal.key: 7})))
    assert "surveil signals show 7" in words


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_a_quiet_week_says_so(form: str) -> None:
    assert "A quiet week: the searches ran" in shown(made(form))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("letter", ["x", "痛"])
def test_a_flood_keeps_to_the_limits_and_is_counted(form: str, letter: str) -> None:
    long = f"{letter * 9} " * 400
    flood = [a_signal(f"pubmed {n}", headline=long, sentence=long) for n in range(3570)]
    raw = payload(form, content(*flood))
    document = json.loads(raw)
    limits = {"teams": 28_000, "slack": JSON_BYTES, "json": JSON_BYTES}
    assert len(raw.encode()) <= limits[form]
    assert limits["teams"] > TEAMS_BYTES
    if form == "slack":
        assert len(document["blocks"]) <= 49
        for block in document["blocks"]:
            for text in strings(block.get("text", {})):
                assert len(text) <= 3_000
        assert len(document["blocks"][0]["text"]["text"]) <= 150
    if form == "json":
        assert document["unlisted"] == 3570 - len(document["signals"])
    else:
        assert f"{PAGE}/signals?topic=nerve_operations" in shown(document)
        assert "more signals" in shown(document)


@pytest.mark.parametrize("title", [*HOSTILE, "<!channel> <https://x|y>", "[x](javascript:y) **b**"],
    ids=lambda title: ascii(title[:20]))  # fmt: skip
def test_what_sources_wrote_is_no_markup(title: str) -> None:
    signal = a_signal(title, headline=title, sentence=title, recommendations=(title,))
    slack = made("slack", signal, banner=title)
    for block in slack["blocks"]:
        for text in [block.get("text"), *block.get("elements", [])]:
            if text and text["type"] == "mrkdwn":
                assert text["text"] == f"<{PAGE}/signals/1|Signal 1>"
    assert "<" not in slack["text"]
    card = made("teams", signal, banner=title)["attachments"][0]["content"]
    # Text blocks read Markdown; runs of text do not.
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    actions = [run.get("selectAction") for block in card["body"] for run in block["inlines"]]
    assert [one["url"] for one in actions if one] == [f"{PAGE}/signals/1"]
    for form in FORMATS:
        assert not set(shown(made(form, signal))) & set("\r\x00\x07\x1b\u202e\u2066\ud83d")


@pytest.mark.parametrize("form", FORMATS)
def test_a_possible_repeat_says_so(form: str) -> None:
    raw = payload(form, content(a_signal()))
    assert REPEATED in shown(json.loads(marked_as_repeat(raw)))
    assert REPEATED not in shown(json.loads(raw))
    assert marked_as_repeat(raw) == marked_as_repeat(raw)


def test_a_card_is_what_workflows_posts() -> None:
    document = made("teams", a_signal())
    (attachment,) = document["attachments"]
    assert document["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
