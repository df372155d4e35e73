"""`surveil trials …`: the versions of a registration that are kept, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli import trial_links

if TYPE_CHECKING:
    from rich.table import Table

    from surveillance.pipeline.trial_versions import Difference, KeptTrial, NamedBy
    from surveillance.studies.registrations import Registration

app = typer.Typer(
    help="Registered trials: their versions, what changed, and the reports that are tied to them.",
    no_args_is_help=True,
)
trial_links.register(app)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

#: How a weight looks where there is colour; its word stands there in any case.
_STYLES = {"high": "bold red", "medium": "yellow", "low": "", "noise": "dim"}
_NOTHING = "nothing"


@app.command()
def show(
    numbers: Annotated[
        list[str], typer.Argument(metavar="NCT…", help="One or more registry numbers.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show what is kept of a trial: its facts, its versions, and the records that name it.

    Example: surveil trials show NCT05009394
    """
    from surveillance.cli import show as shown

    trials = _kept(numbers)
    if as_json:
        shown.document([_document(trial) for trial in trials])
        return
    for trial in trials:
        _print(trial)


@app.command()
def diff(
    number: Annotated[str, typer.Argument(metavar="NCT", help="A registry number.")],
    from_: Annotated[
        int | None, typer.Option("--from", min=1, help="The earlier version (the first).")
    ] = None,
    to: Annotated[
        int | None, typer.Option("--to", min=1, help="The later version (the newest).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed in a trial's registration, field by field, with the weight.

    Without --from and --to: each version against the one before it.

    Example: surveil trials diff NCT05009394 --from 1 --to 2
    """
    from surveillance.cli import show as shown

    (trial,) = _kept([number])
    if from_ is None and to is None:
        differences = list(trial.successive())
    else:
        differences = [trial.difference(from_ or 1, to or len(trial.versions))]
    if as_json:
        told = [_difference(difference) for difference in differences]
        shown.document(
            {"number": trial.number, "versions": len(trial.versions), "differences": told}
        )
        return
    if not differences:
        seen_on = trial.versions[0][0]
        shown.out.print(f"{trial.number} has one version, seen on {seen_on}.", markup=False)
    for difference in differences:
        shown.out.print(_table_of(trial, difference))


def _kept(numbers: Sequence[str]) -> list[KeptTrial]:
    from surveillance.pipeline.trial_versions import kept_trials
    from surveillance.settings import read_settings

    return kept_trials(numbers, read_settings(), datetime.now(UTC).date())


def _document(trial: KeptTrial) -> dict[str, Any]:
    from dataclasses import asdict

    due = trial.due and {**asdict(trial.due), "on": str(trial.due.on)}
    late = trial.overdue and {**asdict(trial.overdue), "due_on": str(trial.overdue.due_on)}
    return {
        "number": trial.number,
        "former_numbers": list(trial.former),
        "title": trial.newest.title,
        "topics": [{**asdict(t), "first_seen_on": str(t.first_seen_on)} for t in trial.topics],
        "versions": [
            {"version": place, "seen_on": str(seen_on), **_facts(registration)}
            for place, (seen_on, registration) in enumerate(trial.versions, 1)
        ],
        "named_by": [_named(named) for named in trial.named_by],
        "results_due": due,
        "overdue": late,
    }


def _facts(registration: Registration) -> dict[str, Any]:
    """A version's main facts, in the registry's values."""
    dates = {
        name: str(getattr(registration, name) or "") or None
        for name in ("start", "primary_completion", "completion")
    }
    return {
        "updated": registration.last_update_posted,
        "status": registration.status,
        "why_stopped": registration.why_stopped,
        "study_type": registration.study_type,
        "allocation": registration.allocation,
        "enrolment": registration.enrolment,
        **dates,
        "has_results": registration.has_results,
        "primary_outcomes": [outcome.measure for outcome in registration.primary_outcomes],
        "arms": [arm.label for arm in registration.arms],
        "countries": list(registration.countries),
        "secondary_ids": list(registration.secondary_ids),
        "sponsor": registration.sponsor,
    }


def _named(named: NamedBy) -> dict[str, str]:
    return {
        "topic": named.topic,
        "record": f"{named.record.source}:{named.record.source_id}",
        "title": named.record.title,
        "where": named.link.where,
        "words": named.link.words,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    changes = [
        {
            "field": change.field,
            "before": change.before,
            "after": change.after,
            "weight": str(change.weight),
            "event": str(change.event),
            "sentence": change.sentence,
        }
        for change in difference.changes
    ]
    return {
        "from": difference.before,
        "to": difference.after,
        "seen_on": str(difference.seen_on),
        "changes": changes,
        "noise": list(difference.noise),
    }


def _print(trial: KeptTrial) -> None:
    from surveillance.cli import show as shown

    facts = ((what, told) for what, told in _told(trial) if told)
    shown.out.print(
        shown.table(f"{trial.number}: {trial.newest.title or 'untitled'}", ("what", "is"), facts)
    )
    shown.out.print(_versions(trial))
    rows = [
        (
            named.topic,
            f"{named.record.source}:{named.record.source_id}",
            named.link.where,
            named.record.title,
        )
        for named in trial.named_by
    ]
    if rows:
        headers = ("topic", "record", "where", "title")
        shown.out.print(shown.table("Records that name it", headers, rows))
    else:
        shown.out.print("No record names it.")


def _told(trial: KeptTrial) -> list[tuple[str, str]]:
    newest = trial.newest
    size = "" if newest.enrolment is None else f"{newest.enrolment:,} participants"
    return [
        ("status", _said(newest.status)),
        ("reason given", newest.why_stopped),
        ("design", _listed(map(_said, (newest.study_type, newest.allocation, *newest.phases)))),
        ("size", _listed((size, newest.enrolment_type.lower()))),
        ("start", str(newest.start or "")),
        ("primary completion", str(newest.primary_completion or "")),
        ("completion", str(newest.completion or "")),
        ("primary outcomes", "; ".join(outcome.measure for outcome in newest.primary_outcomes)),
        ("arms", "; ".join(arm.label for arm in newest.arms)),
        ("countries", _listed(newest.countries)),
        ("sponsor", newest.sponsor),
        ("results", _results(trial)),
        ("other numbers", _listed((*trial.former, *newest.secondary_ids))),
        ("known to", "; ".join(f"{one.topic} ({one.route})" for one in trial.topics)),
    ]


def _results(trial: KeptTrial) -> str:
    if trial.newest.has_results:
        return f"posted {trial.newest.results_first_posted}".rstrip()
    if trial.overdue:
        days = f"overdue for {trial.overdue.days:,} days, since {trial.overdue.due_on}"
        return f"{days}. {trial.overdue.rule}"
    return f"due {trial.due.on}" if trial.due else ""


def _versions(trial: KeptTrial) -> Table:
    from surveillance.cli import show as shown

    told = {difference.after: difference for difference in trial.successive()}
    rows = [
        (
            place,
            str(seen_on),
            _said(registration.status),
            str(registration.primary_completion or shown.UNTOLD),
            registration.enrolment,
            _heaviest(told.get(place)),
        )
        for place, (seen_on, registration) in enumerate(trial.versions, 1)
    ]
    headers = ("version", "seen on", "status", "primary completion", "size", "changed")
    made = shown.table("Versions", headers, rows)
    _colour(made, [row[-1].partition(":")[0] for row in rows])
    return made


def _heaviest(difference: Difference | None) -> str:
    """The weight of what changed and the fields, the heaviest first."""
    from surveillance.cli import show as shown

    if difference is None:
        return shown.UNTOLD
    if not difference.changes:
        return f"noise: {_listed(difference.noise) or _NOTHING}"
    fields = dict.fromkeys(change.field for change in difference.changes)
    return f"{difference.changes[0].weight}: {_listed(fields)}"


def _table_of(trial: KeptTrial, difference: Difference) -> Table:
    from surveillance.cli import show as shown

    rows = [(str(one.weight), one.field, one.sentence) for one in difference.changes]
    if difference.noise or not rows:
        rows.append(("noise", _listed(difference.noise) or _NOTHING, shown.UNTOLD))
    title = f"{trial.number}, version {difference.before} to {difference.after}"
    headers = ("weight", "field", f"what changed, seen on {difference.seen_on}")
    made = shown.table(title, headers, rows)
    _colour(made, [weight for weight, _, _ in rows])
    return made


def _colour(table: Table, weights: Iterable[str]) -> None:
    for row, weight in zip(table.rows, weights, strict=True):
        row.style = _STYLES.get(weight, "")


def _listed(values: Iterable[str]) -> str:
    return ", ".join(filter(None, values))


def _said(value: str) -> str:
    """A registry's value as people say it: ACTIVE_NOT_RECRUITING → active not recruiting."""
    return value.replace("_", " ").lower()
