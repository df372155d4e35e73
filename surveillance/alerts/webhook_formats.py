"""A digest as the JSON that Slack, Teams or a program of one's own takes.

What sources wrote stands in plain text alone, where nothing in it is a link, a mention or markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from surveillance.alerts.digest import DigestContent, in_order, subject
from surveillance.alerts.message import REPEATED
from surveillance.alerts.wording import one_line, shortened
from surveillance.signals.model import Signal
from surveillance.signals.wording import counted

Payload = dict[str, Any]

#: Slack: at most 50 blocks a message, 3,000 characters a section, 150 a header (its reference of
#: Block Kit). A signal takes two blocks.
SLACK_SIGNALS, SLACK_HEADER, SLACK_SECTION = 20, 150, 2_900
#: Teams refuses a webhook's message of more than 28 kB (Microsoft, "Workflows"); our own format
#: keeps to what a mail may have.
TEAMS_BYTES, JSON_BYTES = 25_000, 100_000
_MOST_SIGNALS, _LONGEST = 30, 600


def payload(form: str, content: DigestContent) -> str:
    """The digest in a format (`slack`, `teams`, `json`), as long as its receiver takes."""
    make, most, largest = _FORMATS[form]
    while True:
        made = json.dumps(make(content, most), ensure_ascii=True)
        if len(made) <= largest or not most:
            return made
        most //= 2


def marked_as_repeat(text: str) -> str:
    """The same message with the sentence that it may have arrived before."""
    document = json.loads(text)
    if "blocks" in document:
        document["blocks"].append(_context(REPEATED))
    elif "attachments" in document:
        document["attachments"][0]["content"]["body"].append(_text_block(REPEATED))
    else:
        document["possible_repeat"] = True
        document["note"] = REPEATED
    return json.dumps(document, ensure_ascii=True)


def _slack(content: DigestContent, most: int) -> Payload:
    signals = in_order(content)
    head = shortened(subject(content), SLACK_HEADER)
    blocks: list[Payload] = [
        {"type": "header", "text": _plain(head)},
        _context(shortened(_searched(content), SLACK_SECTION)),
    ]
    for signal in signals[:most]:
        blocks.append(_section(shortened(" ".join(_told(signal)), SLACK_SECTION)))
        if place := content.places.of(signal):
            link = f"<{place.url}|{_escaped(place.name)}>" if place.url else f"`{place.name}`"
            blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": link}]})
    blocks += [_section(line) for line in _closing(content, len(signals) - most)]
    return {"text": _escaped(head), "blocks": blocks}


def _teams(content: DigestContent, most: int) -> Payload:
    """An Adaptive Card as Workflows posts it. Text runs know no Markdown, text blocks do."""
    signals = in_order(content)
    body = [
        _text_block(shortened(subject(content), 300), weight="Bolder", size="Medium"),
        _text_block(shortened(_searched(content), _LONGEST), isSubtle=True),
    ]
    for signal in signals[:most]:
        headline, *rest = _told(signal)
        body.append(_text_block(headline, weight="Bolder"))
        body += [_text_block(line) for line in rest]
        if place := content.places.of(signal):
            body.append(_text_block(place.name, url=place.url))
    body += [_text_block(line) for line in _closing(content, len(signals) - most)]
    return _card(body)


def _json(content: DigestContent, most: int) -> Payload:
    signals = in_order(content)
    return {
        "topic": content.topic.slug,
        "title": one_line(content.topic.title),
        "banner": content.banner,
        "subject": subject(content),
        "day": content.today.isoformat(),
        "coverage": [
            {
                "source": one_line(one.source),
                "searched_on": one.searched_on.isoformat() if one.searched_on else None,
            }
            for one in content.coverage
        ],
        "signals": [_as_json(content, signal) for signal in signals[:most]],
        "unlisted": max(0, len(signals) - most),
        "too_light": content.too_light,
    }


def _as_json(content: DigestContent, signal: Signal) -> Payload:
    place = content.places.of(signal)
    return {
        "key": signal.key,
        "kind": str(signal.kind),
        "weight": str(signal.weight),
        "headline": shortened(signal.headline, _LONGEST),
        "sentence": shortened(signal.sentence, _LONGEST),
        "recommendations": [one_line(name) for name in signal.recommendations],
        "url": (place.url or None) if place else None,
        "command": place.name if place and not place.url else None,
    }


def _told(signal: Signal) -> tuple[str, ...]:
    """Weight and headline; why; which recommendations."""
    touched = ", ".join(map(one_line, signal.recommendations))
    return tuple(
        filter(
            None,
            (
                f"[{signal.weight}] {shortened(signal.headline, 300)}",
                shortened(signal.sentence, _LONGEST),
                f"Recommendations: {shortened(touched, 300)}" if touched else "",
            ),
        )
    )


def _searched(content: DigestContent) -> str:
    told = "; ".join(
        f"{one_line(one.source)} {one.said(content.today)}" for one in content.coverage
    )
    return f"Searched: {told}"


def _closing(content: DigestContent, unlisted: int) -> Iterator[str]:
    everything = content.places.of_all(content.topic.slug)
    where = everything.url or everything.name
    if not content.signals:
        yield (
            f"A quiet {content.period}: the searches ran, and nothing changed that you should know."
        )
    if unlisted > 0:
        yield f"And {counted(unlisted, 'more signal')}: {where}"
    if content.too_light:
        yield (
            f"{counted(content.too_light, 'signal')} below the weight that you asked for "
            f"({content.weight}): {where}"
        )


def _plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text, "emoji": False}


def _section(text: str) -> Payload:
    return {"type": "section", "text": _plain(text)}


def _context(text: str) -> Payload:
    return {"type": "context", "elements": [_plain(text)]}


def _escaped(text: str) -> str:
    """Slack reads links and mentions in angle brackets."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text_block(text: str, *, url: str = "", **look: Any) -> Payload:
    run: Payload = {"type": "TextRun", "text": text, **look}
    if url:
        run["selectAction"] = {"type": "Action.OpenUrl", "url": url}
    return {"type": "RichTextBlock", "inlines": [run]}


def _card(body: list[Payload]) -> Payload:
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": body,
                },
            }
        ],
    }


_FORMATS: dict[str, tuple[Callable[[DigestContent, int], Payload], int, int]] = {
    "slack": (_slack, SLACK_SIGNALS, JSON_BYTES),
    "teams": (_teams, _MOST_SIGNALS, TEAMS_BYTES),
    "json": (_json, _MOST_SIGNALS, JSON_BYTES),
}
