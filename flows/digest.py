"""What waits in the outbox sent between the runs, as a Prefect flow: no business code."""

from __future__ import annotations

from prefect import flow, get_run_logger

from surveillance.errors import Busy
from surveillance.pipeline.alerting import send_due
from surveillance.settings import read_settings

#: Every hour, at a minute at which few schedules begin.
CRON = "17 * * * *"


@flow(name="waiting-alerts", flow_run_name="waiting alerts")
def waiting_alerts() -> int:
    """Send what waits and what is due to be tried again; how many messages went out."""
    try:
        sent = send_due(read_settings())
    except Busy as fault:
        get_run_logger().info("%s", fault)
        return 0
    for failure in sent.failures:
        get_run_logger().warning("not delivered: %s", failure)
    return sent.messages
