"""`surveil dedup-review` and `surveil dedup-undo`: people's word on what the rules leave open."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.errors import Busy, UnreadableInput

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from db.session import Store
    from surveillance.dedup.clusters import Pair
    from surveillance.pipeline.dedup_review import Answer, MergedReport, Question
    from surveillance.topics import Topic

#: Characters of an answer that are read: a key, or a word that begins with one.
_LONGEST_ANSWER = 200
KEYS = "s same · d different · r related · k skip · u undo the last answer · q quit"
#: How a field's two values agree: the mark in the first column, its colour, and what it says.
MARKS = {
    "same": ("=", "green", "the same"),
    "alike": ("≈", "cyan", "alike, but printed otherwise"),
    "different": ("≠", "bold red", "different, in «…» what the other lacks"),
    "missing": ("·", "dim", "on one side only"),
}

By = Annotated[str | None, typer.Option("--by", help="Who decides; kept with every decision.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(main: typer.Typer) -> None:
    """Put these commands beside the others."""
    main.command("dedup-review")(review)
    main.command("dedup-undo")(undo)


def review(
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="One topic instead of all.")
    ] = None,
    by: By = None,
    list_: Annotated[bool, typer.Option("--list", help="Print the queue and ask nothing.")] = False,
    merged: Annotated[
        bool, typer.Option("--merged", help="Print the merged reports instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Decide on the pairs of records that the rules could not: the same publication or not?

    Example: surveil dedup-review targeted_muscle_reinnervation --by "A. Reviewer"
    """
    from surveillance.cli.topics import all_topics, topic_named
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    topics = [topic_named(topic)] if topic else all_topics()
    with opened(read_settings()) as store:
        if merged:
            _show_merged(store, topics, as_json=as_json)
        elif list_ or as_json:
            _show_queue(store, topics, as_json=as_json)
        else:
            _work(store, topics, by)


def undo(
    report: Annotated[
        str,
        typer.Argument(metavar="CLUSTER", help="The report's number, or a record as pubmed:123."),
    ],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Split a merged report into the reports that its last merge joined; they stay apart.

    Example: surveil dedup-undo pubmed:90000008 --by "A. Reviewer"
    """
    from surveillance.cli import show
    from surveillance.pipeline.dedup_review import undo as split
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    with opened(read_settings()) as store:
        undone = split(store, report, by=_name(by))
    if as_json:
        parts = [{"report": number, "records": held} for number, held in undone.parts.items()]
        merge = {"by": undone.merged_by, "on": undone.merged_on}
        show.document(
            {"topic": undone.topic, "report": undone.report, "reports": parts, "merged": merge}
        )
        return
    show.out.print(
        f"{undone.topic}: report {undone.report}, merged by {undone.merged_by} on "
        f"{undone.merged_on}, is apart again and stays so:",
        markup=False,
    )
    for number, held in undone.parts.items():
        show.out.print(f"  report {number}: {', '.join(held)}", markup=False, soft_wrap=True)


def _show_queue(store: Store, topics: Iterable[Topic], *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.dedup_review import questions

    queues = {topic.slug: questions(store, topic.slug) for topic in topics}
    if as_json:
        show.document([_document(slug, one) for slug, queue in queues.items() for one in queue])
        return
    for slug, queue in queues.items():
        rows = [(*_names(one), f"{one.decision.score:.3f}", one.decision.rule) for one in queue]
        headers = ("record", "record", "score", "reasons")
        show.out.print(show.table(f"{slug}: {len(queue)} pairs wait", headers, rows))


def _show_merged(store: Store, topics: Iterable[Topic], *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.dedup_review import merged_reports
    from surveillance.pipeline.priority import source_priority

    reports = [
        (topic.slug, one)
        for topic in topics
        for one in merged_reports(store, topic.slug, source_priority(topic))
    ]
    if as_json:
        show.document([_merged_document(slug, one) for slug, one in reports])
        return
    for slug, one in reports:
        rows = [(each.field, _cut(each.value), each.source_record) for each in one.fields]
        title = f"{slug}: report {one.number} of {', '.join(one.records)}"
        show.out.print(show.table(title, ("field", "value", "from"), rows))


def _merged_document(slug: str, report: MergedReport) -> dict[str, Any]:
    return {
        "topic": slug,
        "report": report.number,
        "records": report.records,
        "fields": [
            {"field": one.field, "value": one.value, "record": one.source_record}
            for one in report.fields
        ],
    }


def _document(slug: str, question: Question) -> dict[str, Any]:
    from surveillance.dedup.side_by_side import side_by_side

    names = _names(question)
    return {
        "topic": slug,
        "record_a": names[0],
        "record_b": names[1],
        "report_a": question.report_a,
        "report_b": question.report_b,
        "score": question.decision.score,
        "reasons": question.decision.rule,
        "rule_version": question.decision.rule_version,
        "fields": [
            {
                "field": row.field,
                "relation": row.relation,
                "agreement": row.agreement,
                "a": row.a,
                "b": row.b,
            }
            for row in side_by_side(question.a, question.b)
        ],
    }


def _work(store: Store, topics: Iterable[Topic], by: str | None) -> None:
    """Ask about one pair after the other, until the queue is empty or the person leaves."""
    from surveillance.cli import show
    from surveillance.pipeline.dedup_review import questions

    name = ""
    for topic in topics:
        if not questions(store, topic.slug):
            show.out.print(f"{topic.slug}: no pair waits.", markup=False)
            continue
        name = name or _name(by)
        if not _Session(store, topic.slug, name).work():
            return


class _Session:
    """A person at one topic's queue: what was skipped, and the answers that can be taken back."""

    def __init__(self, store: Store, topic: str, by: str) -> None:
        self.store = store
        self.topic = topic
        self.by = by
        self.skipped: list[Pair] = []
        self.given: list[Answer] = []

    def work(self) -> bool:
        """Ask until nothing is left (True), or the person quits (False)."""
        from surveillance.cli import show
        from surveillance.pipeline.dedup_review import questions

        while True:
            queue = questions(self.store, self.topic)
            left = [one for one in queue if one.decision.pair not in self.skipped]
            if not left:
                skipped = f"; {len(queue)} skipped" if queue else ""
                show.out.print(f"{self.topic}: no further pair waits{skipped}.", markup=False)
                return True
            _show_question(self.topic, left[0], len(left))
            if not self._ask(left[0]):
                kept = f"{len(self.given)} answers are kept; {len(queue)} pairs wait."
                show.out.print(kept, markup=False)
                return False

    def _ask(self, question: Question) -> bool:
        """Take one answer that means something; False: the person leaves."""
        from surveillance.cli import show

        while True:
            key = _read("Same publication? ")
            match key[:1]:
                case "s" | "d" | "r":
                    self._answer(question, same=key[0] == "s", related=key[0] == "r")
                case "k":
                    self.skipped.append(question.decision.pair)
                case "u":
                    self._take_back()
                case "q":
                    return False
                case _:
                    show.out.print(KEYS, markup=False)
                    continue
            return True

    def _answer(self, question: Question, *, same: bool, related: bool) -> None:
        from surveillance.cli import show
        from surveillance.dedup.decide import Verdict
        from surveillance.pipeline.dedup_review import answer

        verdict = Verdict.SAME if same else Verdict.DIFFERENT
        pair = question.decision.pair
        try:
            given = answer(self.store, self.topic, pair, verdict, by=self.by, related=related)
        except Busy as fault:
            # The answer is not kept: the pair is asked about once more.
            show.out.print(str(fault), markup=False)
            return
        if given.taken:
            self.given.append(given)
        if same and given.report is None:
            # It would come again and again: what holds the records apart must be undone first.
            self.skipped.append(pair)
        show.out.print(_became(given, same=same), markup=False)

    def _take_back(self) -> None:
        from surveillance.cli import show
        from surveillance.pipeline.dedup_review import take_back

        if not self.given:
            show.out.print("There is no answer to take back.")
            return
        try:
            take_back(self.store, self.topic, self.given[-1], by=self.by)
        except Busy as fault:
            show.out.print(str(fault), markup=False)
            return
        pair = self.given.pop().pair
        self.skipped = [one for one in self.skipped if one != pair]
        show.out.print("The last answer is taken back; the reports are as they were before it.")


def _became(given: Answer, *, same: bool) -> str:
    if not given.taken:
        return "Somebody else has decided on this pair meanwhile; that stands."
    if not same:
        return "Kept apart."
    if given.report is None:
        return "Kept; but somebody called records that this would join different: not merged."
    return f"Merged: report {given.report} (surveil dedup-undo {given.report} splits it)."


def _show_question(topic: str, question: Question, left: int) -> None:
    from surveillance.cli import show

    show.out.print(_question_table(question))
    show.out.print(_legend())
    show.out.print(
        f"{topic}: {left} left. Score {question.decision.score:.3f}: {question.decision.rule}.\n"
        f"{KEYS}",
        markup=False,
    )


def _question_table(question: Question) -> Table:
    """Both records, each field with the mark of how its values agree: in a sign, then in colour."""
    from rich.table import Table
    from rich.text import Text

    from surveillance.dedup.side_by_side import Agreement, side_by_side

    table = Table(show_lines=False)
    table.add_column("", no_wrap=True)
    table.add_column("field", no_wrap=True)
    for name in _names(question):
        table.add_column(Text(name), overflow="fold", ratio=1)
    for row in side_by_side(question.a, question.b):
        style = "bold" if row.agreement is Agreement.DIFFERENT else None
        sign, colour, _ = MARKS[row.agreement]
        table.add_row(Text(sign, colour), *map(Text, (row.field, row.a, row.b)), style=style)
    return table


def _legend() -> Text:
    """What the marks say."""
    from rich.text import Text

    said = [Text.assemble((sign, colour), f" {words}") for sign, colour, words in MARKS.values()]
    return Text("   ").join(said)


def _names(question: Question) -> tuple[str, str]:
    from surveillance.dedup.merged import name_of

    return name_of(question.a), name_of(question.b)


def _cut(text: str) -> str:
    from surveillance.dedup.side_by_side import printable, shown

    return shown(printable(text))


def _name(by: str | None) -> str:
    """Who decides; asked for in a terminal where the option is left out."""
    from surveillance.pipeline.dedup_review import reviewer

    if by is None and sys.stdin.isatty():
        by = _read("Your name: ", lower=False)
    if by is None:
        raise UnreadableInput(
            "a decision needs the name of who gives it.", hint='Give it with --by "A. Reviewer".'
        )
    return reviewer(by)


def _read(question: str, *, lower: bool = True) -> str:
    """A line from the person; the end of the input is “q”."""
    from surveillance.cli import show

    show.out.print(question, end="", markup=False)
    line = sys.stdin.readline(_LONGEST_ANSWER)
    if not line:
        show.out.print()
        return "q"
    return line.strip().casefold() if lower else line.strip()
