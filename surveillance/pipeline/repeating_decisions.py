"""What people decided on reports, said again in a replay after the same run.

Which reports are followed by number, and what is a signal, follows from these words.
"""

from __future__ import annotations

from dataclasses import replace

from db import reports as report_rows
from db import screening as screening_rows
from db.screening import SaidWord
from db.session import Store
from surveillance.runs import Run

#: A word with what the record is called whose report it is about.
_Named = tuple[SaidWord, tuple[str, str]]


def repeat_decisions(kept: Store, scratch: Store, run: Run) -> None:
    """Say what people decided between this run and the next in the store that is replayed.

    A run that left the log as it was can't be told from the one before it by the log alone.
    """
    topic = run.topic
    words = _words(kept, topic)
    with scratch.transaction() as session:
        place = screening_rows.log_length(session, topic)
        numbers = {name: n for n, name in report_rows.own_reports(session, topic).items()}
        while place in words:
            said, name = words[place]
            if name not in numbers or (said.after_run or 0) > run.id:
                return
            here = replace(said.word, report_id=numbers[name])
            screening_rows.save_words(session, [here], today=said.said_on)
            place += 1


def _words(kept: Store, topic: str) -> dict[int, _Named]:
    with kept.transaction() as session:
        names = report_rows.own_reports(session, topic)
        return {
            place: (said, names[said.word.report_id])
            for place, said in screening_rows.words_of(session, topic).items()
        }
