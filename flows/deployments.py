"""Each topic's deployment: its own cron in its own time zone, served by one process."""

from __future__ import annotations

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from flows.weekly import weekly_surveillance
from surveillance.topics import Topic


def deployment(topic: Topic) -> RunnerDeployment:
    """The deployment of one topic, with the schedule that the topic asks for."""
    # to_deployment is awaitable only inside a running event loop.
    made = weekly_surveillance.to_deployment(
        name=topic.slug,
        parameters={"topic": topic.slug},
        schedule=Cron(topic.schedule.cron, timezone=topic.schedule.timezone),
        tags=["surveillance"],
    )
    assert isinstance(made, RunnerDeployment)  # noqa: S101
    return made


def serve_topics(topics: list[Topic]) -> None:
    """Serve the deployments of these topics until stopped."""
    serve(*(deployment(topic) for topic in topics))
