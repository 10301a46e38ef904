"""Short messages through a gateway of one's choice: none, a folder of this machine, or a server that takes JSON."""

import json
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings

from kernel.ids import new_id

_PATIENCE_SECONDS = 10


class Gateway(Protocol):
    """What sends short messages. `send` raises OSError where the message could not be handed over."""

    def send(self, number: str, text: str) -> None: ...


class FolderGateway:
    """Writes each message into a file, for one's own machine and tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, number: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{new_id().hex}.txt").write_text(f"{number}\n{text}\n", "utf-8")


class HttpGateway:
    """Posts `{"to", "from", "text"}` as JSON with a bearer token; any answer but 2xx is a failure (an OSError)."""

    def __init__(self, url: str, token: str, sender: str) -> None:
        if not url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            raise OSError("the address of the SMS gateway must begin with https://")
        self._url, self._token, self._sender = url, token, sender

    def send(self, number: str, text: str) -> None:
        body = json.dumps({"to": number, "from": self._sender, "text": text}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        asked = Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310 - scheme checked above
        try:
            with urlopen(asked, timeout=_PATIENCE_SECONDS):  # noqa: S310
                pass
        except HTTPError as error:
            error.close()
            raise OSError(f"the SMS gateway answered {error.code}") from None


def gateway() -> Gateway | None:
    """The gateway of this installation; None where none is set and nothing is sent by SMS."""
    match settings.SMS_GATEWAY:
        case "folder":
            return FolderGateway(Path(settings.SMS_FOLDER))
        case "http":
            return HttpGateway(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN, settings.SMS_SENDER)
    return None
