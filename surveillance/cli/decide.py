"""`surveil decide`: people's decisions on reports, one or a file of them, and what waits."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli.people import By, user_name
from surveillance.errors import UnreadableInput

if TYPE_CHECKING:
    from surveillance.pipeline.deciding import Opinion, Taken, TakenFile
    from surveillance.pipeline.decision_queue import Waiting
    from surveillance.screening.agreement import Agreement
    from surveillance.topics import Topic

VERDICTS = ("include", "exclude", "unsure")
#: The stages as the command line spells them, and as the store does.
STAGES = {"abstract": "abstract", "full-text": "full text"}


TopicName = Annotated[str, typer.Argument(metavar="TOPIC", help="Its folder's name.")]
Report = Annotated[
    str | None,
    typer.Argument(metavar="[REPORT]", help="Its number, PMID, DOI, or a record as pubmed:1."),
]
Decision = Annotated[
    str | None, typer.Argument(metavar="[include|exclude|unsure]", help="The decision.")
]
StageOption = Annotated[
    str, typer.Option("--stage", metavar="abstract|full-text", help="The stage.")
]
Reason = Annotated[
    str, typer.Option("--reason", help="A criterion's name, or words; exclusions need one.")
]
From = Annotated[
    Path | None, typer.Option("--from", metavar="FILE", help="Decisions made elsewhere: RIS, CSV.")
]
Export = Annotated[
    Path | None, typer.Option("--export", metavar="FILE", help="Write what waits as .ris or .csv.")
]
List = Annotated[bool, typer.Option("--list", help="Print what waits.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take your word on REPORT back.")]
Everything = Annotated[
    bool, typer.Option("--with-excluded", help="List or export what only a rule excludes, too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(main: typer.Typer) -> None:
    """Put the command beside the others."""
    main.command()(decide)


def decide(
    topic: TopicName,
    report: Report = None,
    verdict: Decision = None,
    stage: StageOption = "abstract",
    reason: Reason = "",
    from_: From = None,
    export: Export = None,
    list_: List = False,
    undo: Undo = False,
    with_excluded: Everything = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Include or exclude a report, take decisions made elsewhere, or see what waits.

    Example: surveil decide targeted_muscle_reinnervation 12 exclude --reason population
    """
    from surveillance.cli.topics import topic_named

    described, at = topic_named(topic), stage_named(stage)
    if from_:
        whole = _of_whole_file(report, verdict)
        _take_file(described, from_, _opinion(whole, at, reason, by), as_json=as_json)
    elif export or list_:
        _refuse_arguments(report, verdict)
        reader = by or (user_name() if described.screening.reviewers > 1 else "")
        _show_queue(described, at, reader, export, everything=with_excluded, as_json=as_json)
    elif report and undo:
        _refuse_arguments(verdict)
        _take_back(described, report, at, by or user_name(), as_json=as_json)
    elif report and verdict:
        opinion = _opinion(_verdict(verdict), at, reason, by)
        _take(described, report, opinion, as_json=as_json)
    else:
        raise UnreadableInput(
            "name a report and include, exclude or unsure; or --from, --export, --list.",
            hint=f"`surveil decide {topic} --list` shows what waits.",
        )


def _take(topic: Topic, report: str, opinion: Opinion, *, as_json: bool) -> None:
    from surveillance.pipeline.deciding import decide as take
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    with opened(read_settings()) as store:
        taken = take(store, topic, report, opinion)
    _show_taken(topic, taken, as_json=as_json)


def _take_back(topic: Topic, report: str, stage: str, by: str, *, as_json: bool) -> None:
    from surveillance.pipeline.deciding import take_back
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    with opened(read_settings()) as store:
        taken = take_back(store, topic, report, stage=stage, by=by)
    _show_taken(topic, taken, as_json=as_json)


def _take_file(topic: Topic, file: Path, default: Opinion, *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.deciding import decide_from
    from surveillance.pipeline.decision_files import read_decisions
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    read = read_decisions(file)
    with opened(read_settings()) as store:
        found = decide_from(store, topic, read, default)
    if read.unread_lines:
        show.err.print(f"{file}: {read.unread_lines:,} lines belong to no record", markup=False)
    if as_json:
        show.document(_file_document(topic, file, found))
        return
    stood = len(found.taken) - found.new
    show.out.print(
        f"{topic.slug}: {found.new:,} decisions taken from {file}, {stood:,} stood already, "
        f"{found.undecided:,} records without one.",
        markup=False,
        soft_wrap=True,
    )


def _file_document(topic: Topic, file: Path, found: TakenFile) -> dict[str, Any]:
    return {
        "topic": topic.slug,
        "file": str(file),
        "new": found.new,
        "stood_already": len(found.taken) - found.new,
        "without_decision": found.undecided,
        "decisions": [_taken_document(topic, one) for one in found.taken],
    }


def _show_taken(topic: Topic, taken: Taken, *, as_json: bool) -> None:
    from surveillance.cli import show

    if as_json:
        show.document(_taken_document(topic, taken))
        return
    word = taken.word
    said = word.verdict or "taken back"
    already = "" if taken.new else ", as before"
    why = f": {word.reason}" if word.reason else ""
    show.out.print(
        f"{topic.slug}: report {word.report_id}, {word.stage}: {said} by {word.made_by}"
        f"{already}{why} ({taken.state}).",
        markup=False,
        soft_wrap=True,
    )


def _taken_document(topic: Topic, taken: Taken) -> dict[str, Any]:
    word = taken.word
    return {
        "topic": topic.slug,
        "report": word.report_id,
        "stage": word.stage,
        "verdict": word.verdict or "taken back",
        "criterion": word.criterion,
        "reason": word.reason,
        "by": word.made_by,
        "new": taken.new,
        "state": taken.state,
    }


def _show_queue(
    topic: Topic, stage: str, by: str, export: Path | None, *, everything: bool, as_json: bool
) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.decision_queue import readers_agreement, waiting
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.weekly_sample import left_unread
    from surveillance.settings import read_settings

    with opened(read_settings()) as store:
        queue = waiting(store, topic, stage=stage, by=by, everything=everything)
        left = left_unread(store, topic)
        agreed = readers_agreement(store, topic, stage) if topic.screening.reviewers > 1 else None
    if export:
        _export(queue, stage, export)
    if as_json:
        document = {"topic": topic.slug, "stage": stage, "waiting": list(map(_waits, queue))}
        told = {"agreement": agreed and _agreement(agreed), "sample": left and asdict(left)}
        show.document(document | told)
        return
    if export:
        show.out.print(f"{len(queue):,} reports written to {export}", markup=False, soft_wrap=True)
        return
    rows = [(str(one.report), one.lead.title, _proposed(one), _people(one)) for one in queue]
    title = f"{topic.slug}: {len(queue):,} reports wait ({stage})"
    show.out.print(show.table(title, ("report", "title", "rule", "people"), map(_printable, rows)))
    for statement in (agreed.statement if agreed else "", left.statement if left else ""):
        if statement:
            show.out.print(statement, markup=False, soft_wrap=True)


def _agreement(found: Agreement) -> dict[str, Any]:
    return {
        "reports": found.reports,
        "raw": found.raw,
        "kappa": found.kappa,
        "interval": found.interval,
        "statement": found.statement,
    }


def _export(queue: list[Waiting], stage: str, file: Path) -> None:
    from surveillance.documents.writing import write_whole
    from surveillance.pipeline.decision_exports import export_format, export_waiting

    write_whole(file, export_waiting(queue, stage, export_format(file)))


def _waits(one: Waiting) -> dict[str, Any]:
    return {
        "report": one.report,
        "place": one.place,
        "records": one.records,
        "title": one.lead.title,
        "year": one.lead.year,
        "doi": one.lead.doi,
        "pmid": one.lead.pmid,
        "proposal": one.proposal.verdict if one.proposal else None,
        "criterion": one.proposal.criterion if one.proposal else "",
        "reason": one.proposal.reason if one.proposal else "",
        "drawn": one.drawn,
        "state": one.state,
        "words": [
            {"by": word.made_by, "verdict": word.verdict, "reason": word.reason}
            for word in one.words
        ],
    }


def _proposed(one: Waiting) -> str:
    if one.proposal is None:
        return ""
    criterion = f": {one.proposal.criterion}" if one.proposal.criterion else ""
    return f"{one.proposal.verdict}{criterion}"


def _people(one: Waiting) -> str:
    return f"{one.state}, drawn for the week's sample" if one.drawn else one.state


def _printable(row: tuple[str, ...]) -> list[str]:
    from surveillance.dedup.side_by_side import printable

    return [printable(cell) for cell in row]


def _opinion(verdict: str | None, stage: str, reason: str, by: str | None) -> Opinion:
    from surveillance.pipeline.deciding import Opinion
    from surveillance.screening.rules import Verdict

    said = Verdict(verdict) if verdict else None
    return Opinion(verdict=said, stage=stage, reason=reason, by=by or user_name())


def _of_whole_file(report: str | None, verdict: str | None) -> str | None:
    """With --from one word may stand where a report would: it holds for the whole file."""
    _refuse_arguments(verdict)
    return _verdict(report) if report else None


def _verdict(word: str) -> str:
    if word not in VERDICTS:
        raise UnreadableInput(f"“{word}” is no decision; it is include, exclude or unsure.")
    return word


def stage_named(word: str) -> str:
    """The store's name of a stage; raises `UnreadableInput` for another word."""
    if word not in STAGES:
        raise UnreadableInput(f"“{word}” is no stage; it is abstract or full-text.")
    return STAGES[word]


def _refuse_arguments(*given: str | None) -> None:
    for word in filter(None, given):
        raise UnreadableInput(f"“{word}” is one argument too many here.")
