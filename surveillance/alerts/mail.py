"""A message as a mail: plain text and HTML of the same, headers that nobody can add to."""

from __future__ import annotations

import hashlib
import re
import textwrap
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from surveillance.alerts.digest import COLUMNS
from surveillance.alerts.message import REPEATED, Message
from surveillance.alerts.wording import one_line, shortened
from surveillance.topics import MAIL_ADDRESS

#: Says that a message may have arrived before; webhooks carry it, too.
POSSIBLE_REPEAT = "X-Surveil-Possible-Repeat"
#: A subject beyond this helps nobody (RFC 5322 allows 998 characters in a line).
_LONGEST_SUBJECT = 200


_WAYS_OUT = "List-Unsubscribe"


class _Ways(UnstructuredHeader):
    """Addresses in angle brackets, a line each. The library would put a long one into an encoded
    word (RFC 2047), and no mail program looks for an address there."""

    def fold(self, *, policy: EmailPolicy) -> str:
        ways = str(self).replace(", ", f",{policy.linesep} ")
        return f"{_WAYS_OUT}: {ways}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    # The registry itself joins the class with BaseHeader, which the stubs ask for.
    registry.map_to_type(_WAYS_OUT, _Ways)  # type: ignore[arg-type]
    return SMTP.clone(header_factory=registry)


def as_mail(message: Message, sender: str) -> bytes:
    """The mail as it goes over the wire: the same message always gives the same bytes.

    Auto-Submitted and Precedence keep out-of-office replies away (RFC 3834); a possible repeat
    says so in a header and in a last sentence.
    """
    mail = EmailMessage(policy=_policy())
    mail["From"] = _address(sender)
    mail["To"] = _address(message.place)
    mail["Subject"] = shortened(message.subject, _LONGEST_SUBJECT)
    mail["Date"] = format_datetime(message.composed_at)
    mail["Message-ID"] = message.identity
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    for name, value in _ways_out(message):
        mail[name] = value
    if message.may_be_repeat:
        mail[POSSIBLE_REPEAT] = "yes"
    text = _text(message)
    mail.set_content(text, charset="utf-8", cte=_encoding(text))
    if message.content.html:
        page = _html(message)
        mail.add_alternative(page, subtype="html", charset="utf-8", cte=_encoding(page))
        # Else it is drawn at random each time.
        mail.set_boundary(f"=={hashlib.sha256(message.identity.encode()).hexdigest()[:32]}==")
    return mail.as_bytes()


def name_and_address(text: str) -> tuple[str, str]:
    """The parts of `A name <address>`, or an address alone; no address where there is none."""
    line = one_line(text)
    name, _, rest = line.rpartition("<")
    address = rest.removesuffix(">") if name or line.startswith("<") else line
    return name.strip().strip('"'), address if re.fullmatch(MAIL_ADDRESS, address) else ""


def _address(text: str) -> Address:
    name, address = name_and_address(text)
    return Address(display_name=name, addr_spec=address)


def _encoding(text: str) -> str:
    """The shorter one; the library looks at the first lines alone."""
    content = text.encode()
    escaped = sum(byte > 126 or byte == ord("=") for byte in content)
    return "quoted-printable" if escaped * 8 < len(content) else "base64"


def _ways_out(message: Message) -> list[tuple[str, str]]:
    """RFC 2369 and, for a page that takes a POST without a question, RFC 8058."""
    ways = [f"<{way}>" for way in (message.content.leave_page, message.content.leave_mail) if way]
    headers = [(_WAYS_OUT, ", ".join(ways))] if ways else []
    if message.content.leave_page:
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


def _text(message: Message) -> str:
    said = message.content.text
    if not message.may_be_repeat:
        return said
    return f"{said}\n{textwrap.fill(REPEATED, COLUMNS)}\n"


def _html(message: Message) -> str:
    page = message.content.html
    if not message.may_be_repeat:
        return page
    before, end, rest = page.rpartition("</main>")
    return f"{before}<p>{REPEATED}</p>\n{end}{rest}"
