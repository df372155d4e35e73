"""How messages leave a workspace: its channels, its page, its administrators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from surveillance.alerts.delivery import Channels, Nobody
from surveillance.alerts.files import Folder
from surveillance.alerts.mail import name_and_address
from surveillance.alerts.smtp import Mail, MailServer
from surveillance.alerts.unsubscribing import WayOut
from surveillance.alerts.webhook import Webhook, fault_of
from surveillance.settings import Settings, webhook_address
from surveillance.topics import Topic

#: Message-IDs end in it where no sender has a domain of its own; nobody can ever own it.
NO_DOMAIN = "surveil.invalid"


@dataclass(frozen=True, slots=True)
class Post:
    """`domain` is what Message-IDs end in; `administrators` their address, if they have one."""

    channels: Channels
    page: str = ""
    way_out: WayOut = field(default_factory=WayOut)
    domain: str = NO_DOMAIN
    administrators: str = ""


def open_post(settings: Settings) -> Post:
    """The channels that the settings name; nothing is connected before it is needed."""
    key = settings.secret_key
    return Post(
        channels={
            "file": Folder(settings.alerts_folder),
            "email": Mail(mail_server(settings)),
            "webhook": Webhook(webhook_address),
        },
        page=settings.page_url,
        way_out=WayOut(
            settings.page_url,
            key.get_secret_value().encode() if key else b"",
            settings.admin_email,
        ),
        domain=name_and_address(settings.smtp_from)[1].rpartition("@")[2] or NO_DOMAIN,
        administrators=settings.admin_email,
    )


def nobodys_post(folder: Path) -> Post:
    """Files into `folder`, and everything else to nobody."""
    return Post({"file": Folder(folder), "email": Nobody(), "webhook": Nobody()})


def mail_server(settings: Settings) -> MailServer:
    """Where mails are handed in."""
    user, password = settings.smtp_user, settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        plain_anywhere=settings.smtp_allow_plain,
        ca_file=settings.smtp_ca_file,
        user=user.get_secret_value() if user else "",
        password=password.get_secret_value() if password else "",
        sender=settings.smtp_from,
        timeout=settings.smtp_timeout,
    )


def unreachable(topic: Topic, settings: Settings) -> Iterator[str]:
    """Why recipients of a topic cannot be told, a sentence each, without asking anybody."""
    channels = {recipient.channel for recipient in topic.recipients}
    if "email" in channels and (fault := mail_server(settings).fault):
        yield f"{topic.slug}: {fault}."
    for name in sorted({recipient.webhook for recipient in topic.recipients} - {""}):
        if fault := fault_of(name, webhook_address(name)):
            yield f"{topic.slug}: {fault}."
