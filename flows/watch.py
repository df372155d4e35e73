"""The watch beside the schedule as a Prefect flow: every hour, for every topic that is served."""

from __future__ import annotations

from prefect import flow, get_run_logger

from surveillance.pipeline.watching import watch_topic
from surveillance.settings import read_settings
from surveillance.topics import read_topic

#: Every hour, at a minute at which few schedules begin.
WATCH_CRON = "37 * * * *"


@flow(name="watch-runs", flow_run_name="watch {topic}")
def watch_runs(topic: str) -> list[str]:
    """Tell of a topic's runs that failed or did not happen; a sentence for each."""
    settings = read_settings()
    sentences = watch_topic(read_topic(settings.topics_folder / topic), settings)
    for sentence in sentences:
        get_run_logger().warning("%s", sentence)
    return sentences
