"""Each topic's deployment, its own cron in its own time zone, and the outbox's, every hour."""

from __future__ import annotations

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from flows.digest import CRON, waiting_alerts
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


def outbox_deployment() -> RunnerDeployment:
    """What sends alerts that wait between the runs."""
    made = waiting_alerts.to_deployment(
        name="outbox", schedule=Cron(CRON, timezone="UTC"), tags=["alerts"]
    )
    assert isinstance(made, RunnerDeployment)  # noqa: S101
    return made


def serve_topics(topics: list[Topic]) -> None:
    """Serve the deployments of these topics, and the outbox's, until stopped."""
    serve(*(deployment(topic) for topic in topics), outbox_deployment())
