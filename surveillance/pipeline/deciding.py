"""People's decisions on reports: one, or a file of them; taken back; and what waits for whom.

Everything takes effect at once: what a person says is one transaction under the topic's lock, so
that it never falls into a run, and a file is taken as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from db import screening as screening_rows
from db.screening import ABSTRACT, FULL_TEXT, PersonsWord, Standing, StoredDecision
from db.session import Store
from surveillance.errors import Changed, Place, UnreadableInput
from surveillance.pipeline.decision_files import DecisionFile, DecisionRow, Fault
from surveillance.pipeline.dedup_review import reviewer
from surveillance.pipeline.report_names import ReportNames, named_report, report_names
from surveillance.pipeline.reviewing import reviewing_of, standings_of
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.records.carried import CarriedReport, CarriedWord
from surveillance.screening.criteria import read_criteria
from surveillance.screening.reviewing import State
from surveillance.screening.rules import Verdict
from surveillance.topics import Topic

STAGES = (ABSTRACT, FULL_TEXT)
#: Seconds for another's word on the same topic.
WAIT = 2.0
#: Lines that are named beside the first that is wrong.
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody says of a report; for a file, what holds where a row says nothing itself."""

    verdict: Verdict | None = None
    stage: str = ABSTRACT
    reason: str = ""
    by: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A word as it was taken: what it says, whether it is new, and how far people are now.

    `before` is what the person said until then, where that is known.
    """

    word: PersonsWord
    new: bool
    state: State
    before: StoredDecision | None = None


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What came of a file: each word as it was taken, and how many rows decide nothing."""

    taken: tuple[Taken, ...]
    undecided: int

    @property
    def new(self) -> int:
        """How many words nobody had kept yet."""
        return sum(one.new for one in self.taken)


def decide(
    store: Store, topic: Topic, named: str, opinion: Opinion, *, told: int | None = None
) -> Taken:
    """Take a person's word on one report, named as `ReportNames.named` says.

    `told` is the last word of other people that the person has seen (0: none). Raises
    `UnreadableInput` where it cannot be taken, `Changed` where one reader's word would replace
    another's that the person has not seen, and `Busy` while a run is under way.
    """
    with _changing(store, topic) as desk:
        desk.only = report = named_report(desk.session, topic, named)
        word = desk.word(report, opinion)
        if told is not None:
            desk.refuse_where_overtaken(word, told)
        before = desk.standing(report, opinion.stage).word_of(word.made_by)
        (taken,) = desk.take([word])
    return replace(taken, before=before)


def take_back(store: Store, topic: Topic, named: str, *, stage: str, by: str) -> Taken:
    """Take a person's word on a report back; it is then as if that person had not spoken.

    Raises `UnreadableInput` where there is none, or where people have gone on from it.
    """
    with _changing(store, topic) as desk:
        desk.only = report = named_report(desk.session, topic, named)
        person = desk.person(by)
        held = screening_rows.words_on(desk.session, topic.slug, stage, person).get(report, ())
        if not held:
            raise UnreadableInput(
                f"{person} has said nothing on report {report} at the stage {stage}."
            )
        if stage == ABSTRACT:
            desk.refuse_where_assessed(report)
        words = [
            PersonsWord(report_id=number, stage=stage, verdict=None, made_by=person)
            for number in held
        ]
        screening_rows.save_words(desk.session, words, today=desk.today)
        return Taken(replace(words[0], report_id=report), new=True, state=desk.state(report, stage))


def decide_from(store: Store, topic: Topic, file: DecisionFile, default: Opinion) -> TakenFile:
    """Take every decision of a file, or none.

    Raises `UnreadableInput` with the line of the first row that names no report or several, that
    contradicts another, or whose decision cannot be taken; further lines are named beside it.
    """
    with _changing(store, topic) as desk:
        faults, taken = list(file.faults), list[Taken]()
        for stage in STAGES:
            # What passes on its abstract in this file may be assessed on its full text in it, too.
            words = _planned(desk, file.rows, stage, default, faults)
            if faults:
                raise _refused(file, faults)
            taken += desk.take(words)
    return TakenFile(tuple(taken), sum(not _opinions(row, default) for row in file.rows))


def take_carried(store: Store, topic: Topic, carried: Iterable[CarriedReport]) -> tuple[str, ...]:
    """Take what people said of reports that an export carries; in words what came of it.

    Each word keeps its day and counts for the report that now holds the first of the records. What
    cannot be taken is told and left; the guidance's own inclusions follow from the known items.
    The caller holds the topic's lock.
    """
    new, guidance, refused = 0, 0, list[str]()
    with store.transaction() as session:
        desk = _Desk(session, topic)
        for stage, day in _rounds(reports := list(carried)):
            desk.today = day
            words: list[PersonsWord] = []
            for report, word in _said_in(reports, stage, day):
                if desk.reviewing.is_guidance(word.by):
                    guidance += 1
                    continue
                try:
                    words.append(desk.word(desk.holding(report), _opinion_of(desk, word)))
                except (UnreadableInput, ValueError) as fault:
                    refused.append(f"{report.name}, {word.by}: {fault}")
            new += sum(taken.new for taken in desk.take(words))
    return tuple(_remarks_on_carried(new, guidance, refused))


def _rounds(reports: Iterable[CarriedReport]) -> list[tuple[str, date]]:
    """Stage by stage and day by day, as people spoke: a full text comes after its abstract."""
    said = {
        (STAGES.index(w.stage), w.on) for one in reports for w in one.words if w.stage in STAGES
    }
    return [(STAGES[stage], day) for stage, day in sorted(said)]


def _said_in(
    reports: Iterable[CarriedReport], stage: str, day: date
) -> Iterator[tuple[CarriedReport, CarriedWord]]:
    for report in reports:
        for word in report.words:
            if (word.stage, word.on) == (stage, day):
                yield report, word


def _opinion_of(desk: _Desk, word: CarriedWord) -> Opinion:
    """A carried word for this topic: its criterion where the topic has one of that name."""
    known = _plain(word.criterion) in desk.criteria
    return Opinion(
        verdict=Verdict(word.verdict),
        stage=word.stage,
        reason=word.criterion if known else word.reason or word.criterion,
        by=word.by,
    )


def _remarks_on_carried(new: int, guidance: int, refused: Sequence[str]) -> Iterator[str]:
    if new:
        yield f"{new:,} decisions of people taken from it"
    if guidance:
        yield f"{guidance:,} inclusions of the guidance itself left to the topic's known items"
    yield from (f"not taken: {told}" for told in refused[:_NAMED])
    if len(refused) > _NAMED:
        yield f"{len(refused) - _NAMED:,} more decisions were not taken"


class _Desk:
    """A topic's decisions within one transaction; `only` is the one report that they are on."""

    def __init__(self, session: Session, topic: Topic) -> None:
        self.session = session
        self.topic = topic
        self.reviewing = reviewing_of(topic)
        self.today = datetime.now(UTC).date()
        self.only: int | None = None
        self._standings: dict[str, dict[int, Standing]] = {}

    @cached_property
    def names(self) -> ReportNames:
        """What the topic's reports are called."""
        return report_names(self.session, self.topic)

    @cached_property
    def criteria(self) -> dict[str, tuple[str, str]]:
        """The names of the topic's criteria without case: as they are spelt, and their reasons."""
        criteria = read_criteria(self.topic.criteria_file).criteria
        return {_plain(one.name): (one.name, one.reason) for one in criteria}

    @cached_property
    def people(self) -> dict[str, str]:
        """Who has spoken before: the name without case and blanks, and as it was spelt."""
        known = screening_rows.people_of(self.session, self.topic.slug)
        return {_plain(name): name for name in known}

    def person(self, name: str) -> str:
        """Who speaks, spelt as before: a slip of the shift key makes nobody a second reader."""
        signed = reviewer(name)
        if self.reviewing.is_guidance(signed):
            raise UnreadableInput(
                f"{signed} is the guidance itself, not a reader.", hint="Sign with your own name."
            )
        return self.people.setdefault(_plain(signed), signed)

    def holding(self, report: CarriedReport) -> int:
        """The report that holds the first of a carried report's records."""
        for record in report.records:
            found = self.names.names.get(f"{record.source}:{record.source_id}")
            if found:
                return min(found)
        raise UnreadableInput("no report of the topic holds its records.")

    def standing(self, report: int, stage: str) -> Standing:
        """What stands on a report."""
        if stage not in self._standings:
            reports = None if self.only is None else [self.only]
            self._standings[stage] = standings_of(self.session, self.topic, stage, reports)
        return self._standings[stage].get(report, Standing())

    def state(self, report: int, stage: str) -> State:
        """How far people are with a report, as the store has it now."""
        self._standings.pop(stage, None)
        return self.standing(report, stage).state

    def word(self, report: int, opinion: Opinion) -> PersonsWord:
        """The word that an opinion is; raises `UnreadableInput` where it cannot be taken."""
        person = self.person(opinion.by)
        criterion, reason = self._reason(opinion.reason)
        if opinion.verdict is Verdict.EXCLUDE and not reason:
            names = "; ".join(name for name, _ in self.criteria.values())
            raise UnreadableInput(
                f"the exclusion of report {report} needs a reason.",
                hint=f"Give --reason: words of your own, or a criterion: {names}.",
            )
        if opinion.stage == FULL_TEXT:
            self._refuse_where_not_passed(report)
        elif opinion.verdict is Verdict.EXCLUDE:
            self.refuse_where_assessed(report)
        return PersonsWord(
            report_id=report,
            stage=opinion.stage,
            verdict=opinion.verdict,
            criterion=criterion,
            reason=reason,
            made_by=person,
        )

    def take(self, words: Sequence[PersonsWord]) -> list[Taken]:
        """Keep those words that say something new."""
        new = [word for word in words if not self._stands(word)]
        screening_rows.save_words(self.session, new, today=self.today)
        self._standings.clear()
        return [
            Taken(word, word in new, self.standing(word.report_id, word.stage).state)
            for word in words
        ]

    def refuse_where_assessed(self, report: int) -> None:
        """Raise `UnreadableInput` where people went on to the report's full text."""
        if self.standing(report, FULL_TEXT).words:
            raise UnreadableInput(
                f"report {report} was assessed on its full text.",
                hint="Take that back first: --undo --stage full-text.",
            )

    def refuse_where_overtaken(self, word: PersonsWord, told: int) -> None:
        """Raise `Changed` where another reader's word stands that this one was not told.

        Two who read apart don't replace each other, and their words are not told.
        """
        if self.reviewing.reviewers > 1:
            return
        said = self.standing(word.report_id, word.stage).words
        unseen = [one for one in said if one.id > told and one.made_by != word.made_by]
        if unseen and unseen[-1].verdict is not word.verdict:
            last = unseen[-1]
            raise Changed(
                f"{last.made_by} said {last.verdict} of report {word.report_id} meanwhile; "
                "your word was not stored.",
                hint="Look at the report again, and decide there if you see it otherwise.",
            )

    def _refuse_where_not_passed(self, report: int) -> None:
        before = self.standing(report, ABSTRACT).person
        if before is None or before.verdict is Verdict.EXCLUDE:
            how = "is excluded" if before else "is not decided"
            raise UnreadableInput(
                f"report {report} {how} on its abstract, so its full text is not assessed.",
                hint="Include it on its abstract first, or say that you are unsure.",
            )

    def _reason(self, given: str) -> tuple[str, str]:
        """The criterion that is named, and its reason; or words of one's own."""
        words = " ".join(given.split())
        if not words.isprintable() or len(words) > LONGEST_NOTE:
            raise UnreadableInput(
                f"a reason is text of up to {LONGEST_NOTE:,} characters on one line."
            )
        return self.criteria.get(_plain(words), ("", words)) if words else ("", "")

    def _stands(self, word: PersonsWord) -> bool:
        said = self.standing(word.report_id, word.stage).word_of(word.made_by)
        return said is not None and (said.verdict, said.criterion, said.reason) == (
            word.verdict,
            word.criterion,
            word.reason,
        )


def _planned(
    desk: _Desk,
    rows: Iterable[DecisionRow],
    stage: str,
    default: Opinion,
    faults: list[Fault],
) -> list[PersonsWord]:
    """The words of one stage, one for each report and person; what is wrong goes to `faults`."""
    found: dict[tuple[int, str], tuple[int, PersonsWord]] = {}
    for row in rows:
        try:
            opinions = [one for one in _opinions(row, default) if one.stage == stage]
            for opinion in opinions:
                word = desk.word(desk.names.of(row.numbers, row.record), opinion)
                before = found.setdefault((word.report_id, word.made_by), (row.line, word))
                _refuse_contrary(word, *before)
        except UnreadableInput as fault:
            faults.append(Fault(row.line, str(fault)))
    return [word for _, word in found.values()]


def _refuse_contrary(word: PersonsWord, line: int, before: PersonsWord) -> None:
    if word.verdict is not before.verdict:
        raise UnreadableInput(
            f"{word.made_by} says {word.verdict} of report {word.report_id} here and "
            f"{before.verdict} in line {line}."
        )


def _opinions(row: DecisionRow, default: Opinion) -> list[Opinion]:
    """What a row says, completed; raises `UnreadableInput` where it contradicts the whole file."""
    contrary = [word for word in row.words if default.verdict not in (None, word.verdict)]
    if contrary:
        raise UnreadableInput(
            f"the row says {contrary[0].verdict}, and you say {default.verdict} of the whole file."
        )
    said = [
        replace(
            default,
            verdict=word.verdict,
            stage=word.stage or default.stage,
            reason=word.reason or (default.reason if word.verdict is Verdict.EXCLUDE else ""),
            by=word.by or default.by,
        )
        for word in row.words
    ]
    return said or ([default] if default.verdict else [])


def _refused(file: DecisionFile, faults: Sequence[Fault]) -> UnreadableInput:
    first, *others = sorted(faults, key=lambda fault: fault.line)
    lines = sorted({fault.line for fault in others} - {first.line})
    more = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
    listed = ", ".join(map(str, lines[:_NAMED]))
    also = f"So with line{'s' if len(lines) > 1 else ''} {listed}{more}. " if lines else ""
    return UnreadableInput(
        first.message, place=Place(file.path, first.line), hint=f"{also}Nothing was stored."
    )


@contextmanager
def _changing(store: Store, topic: Topic) -> Iterator[_Desk]:
    with store.exclusive(topic.slug, WAIT), store.transaction() as session:
        yield _Desk(session, topic)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
