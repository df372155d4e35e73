"""What people said of links, said again in a replay after the same run."""

from __future__ import annotations

from dataclasses import replace

from db import links as link_rows
from db import records as record_rows
from db.links import SaidWord
from db.session import Store
from surveillance.runs import Run

#: A word with what its source calls the record that it is about.
_Named = tuple[SaidWord, tuple[str, str]]


def repeat_links(kept: Store, scratch: Store, run: Run) -> None:
    """Say what people said between this run and the next in the store that is replayed."""
    words = _words(kept, run)
    with scratch.transaction() as session:
        here = record_rows.known_numbers(session, [name for _, name in words])
        for said, name in words:
            if name in here:
                word = replace(said.word, record_id=here[name])
                link_rows.save_word(session, run.topic, word, today=said.said_on)


def _words(kept: Store, run: Run) -> list[_Named]:
    with kept.transaction() as session:
        said = [one for one in link_rows.said_words(session, run.topic) if one.run_id == run.id]
        numbers = sorted({one.word.record_id for one in said})
        names = {
            stored.id: (stored.record.source, stored.record.source_id)
            for stored in record_rows.records_of(session, run.topic, numbers)
        }
    return [(one, names[one.word.record_id]) for one in said]
