"""What people decided on reports, said again in a replay at the same place of the log.

Which reports are followed by number, and what is a signal, follows from these words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from db import reports as report_rows
from db import screening as screening_rows
from db.screening import PersonsWord
from db.session import Store

#: A word with what the record is called whose report it is about, and the day it was said on.
_Named = tuple[PersonsWord, tuple[str, str], date]


def repeat_decisions(kept: Store, scratch: Store, topic: str) -> None:
    """Say what people decided next in the store that is replayed, until a run's rows follow."""
    words = _words(kept, topic)
    with scratch.transaction() as session:
        place = screening_rows.log_length(session, topic)
        numbers = {name: n for n, name in report_rows.own_reports(session, topic).items()}
        while place in words:
            word, name, said_on = words[place]
            if name not in numbers:
                return
            here = replace(word, report_id=numbers[name])
            screening_rows.save_words(session, [here], today=said_on)
            place += 1


def _words(kept: Store, topic: str) -> dict[int, _Named]:
    with kept.transaction() as session:
        names = report_rows.own_reports(session, topic)
        return {
            place: (word, names[word.report_id], said_on)
            for place, (word, said_on) in screening_rows.words_of(session, topic).items()
        }
