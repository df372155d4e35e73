"""The weekly surveillance of a topic as a Prefect flow: a task a stage, no business code."""

from __future__ import annotations

from datetime import UTC, date, datetime

from prefect import flow, get_run_logger, task

from surveillance.errors import SourceFailed
from surveillance.pipeline import running
from surveillance.pipeline.walk import Walk
from surveillance.settings import read_settings
from surveillance.topics import read_topic

#: Sources that fail are asked again after these seconds; a stage that failed kept nothing.
RETRY_DELAYS = (60, 600, 3600)


def _is_worth_another_try(_task: object, _run: object, state: object) -> bool:
    try:
        state.result()  # type: ignore[attr-defined]  # Prefect hands over its State
    except SourceFailed:
        return True
    except Exception:  # noqa: BLE001 — anything else is our fault or the input's: not repeated
        return False
    return False


@task(
    task_run_name="{name}",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=list(RETRY_DELAYS),
    retry_condition_fn=_is_worth_another_try,
    # A walk holds an open store, which cannot be hashed into a cache key; the store itself
    # remembers which stages are done.
    cache_policy=None,
    persist_result=False,
)
def stage(walk: Walk, name: str) -> dict[str, int]:
    """One stage of the walk, unless the run has finished it."""
    numbers = running.run_stage(walk, name)
    get_run_logger().info("%s: %s", name, numbers)
    return numbers


@flow(name="weekly-surveillance", flow_run_name="{topic}", validate_parameters=True)
def weekly_surveillance(
    topic: str, until: date | None = None, since: date | None = None
) -> dict[str, dict[str, int]]:
    """Search, verify, deduplicate, screen, link, signal and alert for one topic.

    `until` is the day that the run's windows end on (default: today, UTC). Killed and started
    again for the same day, it goes on where it stopped; the numbers of each stage are returned.
    """
    settings = read_settings()
    described = read_topic(settings.topics_folder / topic)
    with running.opened(settings) as store:
        walk = running.begin_walk(
            described,
            settings,
            store,
            clock=running.clock_for(until or datetime.now(UTC).date()),
            since=since,
        )
        numbers = {name: stage(walk, name) for name in running.STAGES}
        running.finish(walk)
        return numbers
