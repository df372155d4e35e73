"""One record of a tagged text format (RIS, MEDLINE, Ovid) while its lines are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from surveillance.errors import UnreadableInput
from surveillance.records.payload import Payload
from surveillance.records.text import MAX_FIELD, NumberedLine, UnreadLines, line_place, too_long

#: The largest collaborations (5,000 authors with affiliations) need some 10,000.
MAX_FIELDS = 100_000


@dataclass(slots=True)
class TaggedField:
    """A tag with the lines of its text, as they were wrapped."""

    tag: str
    begins: NumberedLine
    lines: list[str]
    size: int

    @property
    def text(self) -> str:
        """The field on one line."""
        return " ".join(filter(None, self.lines))


@dataclass(slots=True)
class TaggedRecord:
    """The lines of one record as printed, and its fields in their order."""

    begins: NumberedLine
    printed: list[str] = field(default_factory=list)
    fields: list[TaggedField] = field(default_factory=list)

    def add(self, tag: str, text: str, line: NumberedLine) -> None:
        """Begin a field; raises `UnreadableInput` when no record can have so many."""
        self.printed.append(line.text)
        if len(self.fields) >= MAX_FIELDS:
            raise UnreadableInput(
                f"a record has more than {MAX_FIELDS:,} fields; the file is not read.",
                place=line_place(line.number),
            )
        self.fields.append(TaggedField(tag, line, [text.strip()], len(text)))

    def join(self, line: NumberedLine) -> None:
        """Go on with the last field; raises `UnreadableInput` when none can be so long."""
        self.printed.append(line.text)
        last = self.fields[-1]
        last.lines.append(line.text.strip())
        last.size += len(line.text)
        if last.size > MAX_FIELD:
            raise too_long(last.begins.number, last.begins.text[:40])

    def leave(self, line: NumberedLine, unread: UnreadLines, reason: str) -> None:
        """Keep a line in the payload that is part of no field."""
        self.printed.append(line.text)
        unread.leave(line, reason)

    def payload(self, media_type: str) -> Payload:
        """The record's lines as they stood in the file."""
        return Payload("\n".join(self.printed).encode(), media_type)
