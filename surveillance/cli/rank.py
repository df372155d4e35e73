"""`surveil rank …`: the order in which to read, and what that order would have saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from surveillance.pipeline.ranking import PlacedReport, Ranking
    from surveillance.pipeline.stopping import Pile

app = typer.Typer(
    help="What to read first, and why; a screening that was done, replayed.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

_WORDS = {
    "n": "records",
    "included": "included",
    "wss95": "work saved at 95 % recall",
    "wss100": "work saved at 100 % recall",
    "rrf10": "recall after 10 % read",
    "atd": "mean share read before an included record",
    "seconds": "seconds",
}


@app.command()
def simulate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with record_id, title, abstract, label.")
    ],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws the two records to start.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Replay a screening that was done: what would reading in the learnt order have saved?

    Starts from one included (label 1) and one excluded (label 0) record, drawn by the seed; no
    figure counts these two.

    Example: surveil rank simulate labelled.csv --seed 2
    """
    from surveillance.cli import show

    content = _replayed(file, seed)
    if as_json:
        show.document(content)
        return
    rows = [(words, _told(content[what])) for what, words in _WORDS.items()]
    title = f"{file.name} replayed in the learnt order (seed {seed})"
    show.out.print(show.table(title, ("what", "figure"), rows))


def _replayed(file: Path, seed: int) -> dict[str, Any]:
    from dataclasses import asdict

    from surveillance.pipeline.rank_files import read_labelled
    from surveillance.screening.rank_replay import figures, replay

    labelled = read_labelled(file)
    begun = perf_counter()
    replayed = replay(labelled.texts, labelled.included, seed)
    seconds = perf_counter() - begun
    return {
        "n": len(labelled.names),
        "included": sum(labelled.included),
        **asdict(figures(replayed, labelled.included)),
        "seconds": round(seconds, 3),
        "seed": seed,
        "start": [labelled.names[place] for place in replayed.start],
        "order": [labelled.names[place] for place in replayed.order],
    }


def _told(value: float | None) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value


@app.command("show")
def show_order(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="The topic's folder name.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many reports.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the reports that nobody decided on, what probably matters first, with the words why.

    Below the table: whether reading may stop, and what it takes until then.

    Example: surveil rank show targeted_muscle_reinnervation --limit 10
    """
    from dataclasses import asdict

    from surveillance.cli import show
    from surveillance.cli.topics import topic_named
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.ranking import ranking
    from surveillance.pipeline.stopping import leaving_out, piles, unread
    from surveillance.settings import read_settings

    described = topic_named(topic)
    with opened(read_settings()) as store, store.transaction() as session:
        found = ranking(session, described, limit=limit)
        open_ = unread(piles(session, described))
        left_out = leaving_out(session, described)
    if as_json:
        content = _document(described.slug, found, open_)
        show.document(content | {"auto_exclusion": asdict(left_out)})
        return
    rows = [_row(place, one) for place, one in enumerate(found.reports, start=1)]
    title = f"{described.slug}: {found.unread:,} reports to read"
    show.out.print(show.table(title, ("place", "report", "title", "lifted by", "against"), rows))
    show.out.print(_basis(found), markup=False)
    for pile in open_:
        show.out.print(_advice(pile), markup=False)
    show.out.print(left_out.reason, markup=False)


def _row(place: int, one: PlacedReport) -> tuple[object, ...]:
    lifted, lowered = (
        ", ".join(word for word, _ in words) for words in (one.terms.lifted, one.terms.lowered)
    )
    return place, one.report, one.title, lifted, lowered


def _basis(found: Ranking) -> str:
    learnt = f"learnt from {found.included:,} included and {found.excluded:,} excluded reports"
    return (
        f"{learnt}; the criteria's words stand in until more is decided" if found.cold else learnt
    )


def _advice(pile: Pile) -> str:
    may = "Reading may stop" if pile.advice.may_stop else "Read on"
    which = f"{pile.reports:,} reports that came by {pile.until}"
    return f"{may} ({which}). {pile.advice.statement}"


def _document(slug: str, found: Ranking, open_: Sequence[Pile]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "topic": slug,
        "unread": found.unread,
        "included": found.included,
        "excluded": found.excluded,
        "cold": found.cold,
        "piles": [
            {"until": pile.until.isoformat(), "reports": pile.reports, **asdict(pile.advice)}
            for pile in open_
        ],
        "reports": [
            {
                "place": place,
                "report": one.report,
                "title": one.title,
                "first_seen_on": one.first_seen_on.isoformat(),
                "score": round(one.score, 4),
                "lifted": [{"term": word, "by": round(by, 4)} for word, by in one.terms.lifted],
                "lowered": [{"term": word, "by": round(by, 4)} for word, by in one.terms.lowered],
            }
            for place, one in enumerate(found.reports, start=1)
        ],
    }
