"""`surveil screen`: a file of records held against criteria, without a workspace or a store."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from surveillance.pipeline.screening_files import Screening


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(screen)


def screen(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV with title and abstract, RIS, NBIB, PubMed XML or another."
        ),
    ],
    criteria: Annotated[
        Path, typer.Option("--criteria", metavar="FILE", help="The criteria, as docs/criteria.md.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder that the result goes to.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Hold a file of records against criteria: propose include, exclude or unsure, and say why.

    Writes screened.csv (record_id, decision, reason, criteria, evidence). A record without a
    usable abstract is never excluded, and every exclusion is a proposal.

    Example: surveil screen records.csv --criteria criteria.toml --out screened
    """
    from surveillance.cli.dedup import remark
    from surveillance.cli.show import Bars
    from surveillance.pipeline.results_folder import check_folder, write_together
    from surveillance.pipeline.screening_files import RESULTS, read_file, screened, write_screened
    from surveillance.screening.criteria import read_criteria

    check_folder(out, RESULTS)
    yardstick = read_criteria(criteria)
    times = [perf_counter()]
    gathered = read_file(file, Bars())
    times.append(perf_counter())
    found = screened(gathered, yardstick, Bars())
    times.append(perf_counter())
    write_together(out, RESULTS, lambda folder: write_screened(found, folder))
    times.append(perf_counter())
    remark(gathered)
    unread = sum(len(one.unread) for one in gathered.files)
    _show({"file": str(file), "unread_lines": unread, **_document(found, times)}, out, as_json)


def _document(found: Screening, times: list[float]) -> dict[str, Any]:
    from surveillance.screening.rules import RULES_VERSION, Verdict

    reading, screening, writing = (round(end - begin, 3) for begin, end in pairwise(times))
    return {
        "records": len(found.names),
        **{str(verdict): found.count(verdict) for verdict in Verdict},
        "excluded_for": found.reasons(Verdict.EXCLUDE),
        "unsure_for": found.reasons(Verdict.UNSURE),
        "rules_version": RULES_VERSION,
        "read_seconds": reading,
        "screen_seconds": screening,
        "write_seconds": writing,
        "seconds": round(times[-1] - times[0], 3),
    }


def _show(content: dict[str, Any], out: Path, as_json: bool) -> None:
    from surveillance.cli import show

    if as_json:
        show.document(content)
        return
    rows: list[tuple[str, object]] = [("records", content["records"])]
    rows += [(f"proposed: {verdict}", content[verdict]) for verdict in ("include", "exclude")]
    rows += [(f"  for: {name}", number) for name, number in content["excluded_for"].items()]
    rows += [("for a person: unsure", content["unsure"])]
    rows += [(f"  for: {name}", number) for name, number in content["unsure_for"].items()]
    rows += [("lines not read", content["unread_lines"]), ("seconds", content["seconds"])]
    name = Path(content["file"]).name
    show.out.print(show.table(f"Screening of {name}", ("what", "count"), rows))
    place = f"screened.csv lies in {out}; an exclusion is a proposal."
    show.out.print(place, markup=False, soft_wrap=True)
