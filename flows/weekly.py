"""The weekly surveillance of a topic as a Prefect flow: a task a stage, no business code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from prefect import Task, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from surveillance.errors import SourceFailed, StoreFailed
from surveillance.pipeline import running
from surveillance.pipeline.opening import opened
from surveillance.pipeline.walk import Walk
from surveillance.settings import read_settings
from surveillance.topics import read_topic

#: Sources that fail are asked again after these seconds; a stage that failed kept nothing.
RETRY_DELAYS = [60.0, 600.0, 3600.0]


def is_worth_another_try(_task: Task[..., Any], _run: TaskRun | None, state: State[Any]) -> bool:
    """A source or the store may do better next time; all else is the input's fault, or ours."""
    try:
        state.result()
    except (SourceFailed, StoreFailed):
        return True
    except Exception:  # noqa: BLE001 — whatever it was, asking again does not mend it
        return False
    return False


@task(
    task_run_name="{name}",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=is_worth_another_try,
    # A walk holds an open store, which cannot be hashed into a cache key; the store itself
    # remembers which stages are done.
    cache_policy=NO_CACHE,
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
    with opened(settings) as store, store.exclusive(described.slug):
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
