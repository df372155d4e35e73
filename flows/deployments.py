"""Each topic's deployment by its own cron; its watch and the outbox's every hour."""

from __future__ import annotations

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from flows.digest import CRON, waiting_alerts
from flows.watch import WATCH_CRON, watch_runs
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


def watch_deployment(topic: Topic) -> RunnerDeployment:
    """What tells of a topic's runs that failed or did not happen."""
    made = watch_runs.to_deployment(
        name=f"watch {topic.slug}",
        parameters={"topic": topic.slug},
        schedule=Cron(WATCH_CRON, timezone="UTC"),
        tags=["watch"],
    )
    assert isinstance(made, RunnerDeployment)  # noqa: S101
    return made


def serve_topics(topics: list[Topic]) -> None:
    """Serve the deployments of these topics, their watches and the outbox's, until stopped."""
    made = [of(topic) for topic in topics for of in (deployment, watch_deployment)]
    serve(*made, outbox_deployment())
