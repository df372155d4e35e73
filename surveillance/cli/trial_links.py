"""`surveil trials links` and `surveil trials link`: which report is of which trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.errors import UnreadableInput

if TYPE_CHECKING:
    from db.session import Store
    from surveillance.pipeline.link_queue import DoubtfulLink
    from surveillance.pipeline.trial_links import Judged
    from surveillance.topics import Topic

VERDICTS = ("same", "different")

By = Annotated[str | None, typer.Option("--by", help="Who says so; left out: your user name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(trials: typer.Typer) -> None:
    """Put these commands beside the others on trials."""
    trials.command("links")(links)
    trials.command("link")(link)


def links(
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="One topic instead of all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the doubtful links: reports that may be of a trial, with what speaks for and against.

    Example: surveil trials links targeted_muscle_reinnervation
    """
    from surveillance.cli.topics import all_topics, topic_named
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    topics = [topic_named(topic)] if topic else all_topics()
    with opened(read_settings()) as store:
        _show_queues(store, topics, as_json=as_json)


def link(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="Its folder's name.")],
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="Its number, PMID, DOI, or a record.")
    ],
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="The registration, as NCT05009394.")
    ],
    verdict: Annotated[
        str | None, typer.Argument(metavar="[same|different]", help="Is the report of the trial?")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take what was said back.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that a report is of a trial, or that it is not; rules never overrule you.

    Example: surveil trials link targeted_muscle_reinnervation pmid:90000102 NCT05009394 same
    """
    from surveillance.cli import show
    from surveillance.cli.people import user_name
    from surveillance.cli.topics import topic_named
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.trial_links import Opinion, judge
    from surveillance.settings import read_settings
    from surveillance.studies.study import Verdict

    described, said = topic_named(topic), _said(verdict, undo=undo)
    opinion = Opinion(Verdict(said) if said else None, by or user_name(), reason)
    with opened(read_settings()) as store:
        judged = judge(store, described, report, number, opinion)
    if as_json:
        show.document(_judged_document(described.slug, judged))
        return
    already = "" if judged.new else ", as before"
    what = judged.verdict or "taken back"
    show.out.print(
        f"{described.slug}: {judged.name} and {judged.number}: {what} by {judged.by}{already}.",
        markup=False,
        soft_wrap=True,
    )


def _said(verdict: str | None, *, undo: bool) -> str | None:
    if undo and verdict is None:
        return None
    if undo or verdict not in VERDICTS:
        raise UnreadableInput(
            "say same or different, or take it back with --undo.",
            hint="`surveil trials links TOPIC` shows what waits.",
        )
    return verdict


def _judged_document(topic: str, judged: Judged) -> dict[str, Any]:
    return {
        "topic": topic,
        "record": judged.name,
        "registration": judged.number,
        "verdict": judged.verdict or "taken back",
        "by": judged.by,
        "new": judged.new,
    }


def _show_queues(store: Store, topics: list[Topic], *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.link_queue import link_queue

    with store.snapshot() as session:
        queues = {topic.slug: link_queue(session, topic) for topic in topics}
    if as_json:
        waiting = [(slug, one) for slug, queue in queues.items() for one in queue.waiting]
        show.document([_document(slug, one) for slug, one in waiting])
        return
    for slug, queue in queues.items():
        title = f"{slug}: {len(queue.waiting):,} doubtful links wait"
        headers = ("report", "says", "registration", "says", "reasons")
        show.out.print(show.table(title, headers, map(_row, queue.waiting)))
        for doubt in queue.kept_apart:
            show.out.print(doubt.sentence, markup=False, soft_wrap=True)


def _row(one: DoubtfulLink) -> list[str]:
    from surveillance.dedup.side_by_side import printable

    report = f"{one.report or ''} {one.name}".strip()
    cells = (report, _report_says(one), one.registration.number, _trial_says(one), _why(one))
    return [printable(cell) for cell in cells]


def _report_says(one: DoubtfulLink) -> str:
    authors = ", ".join(map(str, one.lead.authors[:3]))
    words = "; ".join(dict.fromkeys(link.words for link in one.links if link.words))
    return " | ".join(filter(None, (one.lead.title, authors, str(one.lead.year or ""), words)))


def _trial_says(one: DoubtfulLink) -> str:
    registration = one.registration
    size = f"{registration.enrolment:,} participants" if registration.enrolment else ""
    began = f"from {registration.start}" if registration.start else ""
    ended = f"to {registration.primary_completion}" if registration.primary_completion else ""
    told = (registration.acronym, registration.title, "; ".join(registration.conditions))
    return " | ".join(filter(None, (*told, f"{began} {ended}".strip(), size)))


def _why(one: DoubtfulLink) -> str:
    return "; ".join((*dict.fromkeys(_where(link.where) for link in one.links), *one.reasons))


def _where(place: str) -> str:
    return "no number" if place == "likeness" else f"named in: {place}"


def _document(slug: str, one: DoubtfulLink) -> dict[str, Any]:
    registration = one.registration
    return {
        "topic": slug,
        "report": one.report,
        "record": one.name,
        "title": one.lead.title,
        "authors": list(map(str, one.lead.authors)),
        "year": one.lead.year,
        "doi": one.lead.doi,
        "pmid": one.lead.pmid,
        "registration": registration.number,
        "registration_title": registration.title,
        "acronym": registration.acronym,
        "conditions": registration.conditions,
        "start": str(registration.start or ""),
        "primary_completion": str(registration.primary_completion or ""),
        "enrolment": registration.enrolment,
        "links": [
            {"number": link.number, "place": link.where, "words": link.words} for link in one.links
        ],
        "reasons": one.reasons,
    }
