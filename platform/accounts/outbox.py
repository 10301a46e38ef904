"""The mails that a local machine wrote to files instead of sending them."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

_BETWEEN = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Mail:
    """One mail; `key` names it in addresses."""

    key: str
    at: datetime
    sender: str
    to: str
    subject: str
    body: str


def mails_in(folder: Path) -> list[Mail]:
    """All mails of a folder of Django's file backend, newest first."""
    found = [
        _read(f"{path.stem}.{number}", content)
        for path in folder.glob("*.log")
        for number, content in enumerate(path.read_bytes().split(_BETWEEN))
        if content.strip()
    ]
    return sorted(found, key=lambda mail: (mail.at, mail.key), reverse=True)


def mail_with_key(folder: Path, key: str) -> Mail | None:
    """The mail of this key, or None."""
    return next((mail for mail in mails_in(folder) if mail.key == key), None)


def _read(key: str, content: bytes) -> Mail:
    message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    written = message["Date"]
    return Mail(
        key=key,
        at=_moment(str(written)) if written else datetime.fromtimestamp(0, UTC),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        body=str(body.get_content()) if body else "",
    )


def _moment(written: str) -> datetime:
    """The moment of a mail; “-0000” says that the time is that of the world, and Python gives it without a zone."""
    at = parsedate_to_datetime(written)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
