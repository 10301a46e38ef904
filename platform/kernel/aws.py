"""Servers with the interface of Amazon's S3 and KMS: one configuration of clients, and what their faults are called."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import structlog
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from django.conf import settings

from kernel.errors import Sentence, ServerAway

log = structlog.get_logger(__name__)

_TEMPORARY = frozenset({"500", "502", "503", "504", "InternalError", "ServiceUnavailable", "SlowDown"})
_FAULTS = (OSError, ClientError, BotoCoreError, Boto3Error)


def client_config(*, read_timeout: int = 20, **more: Any) -> Config:
    """Waits and attempts (in seconds and times) after which a page rather says that the server is away."""
    return Config(connect_timeout=3, read_timeout=read_timeout, retries={"total_max_attempts": 2}, **more)


@dataclass(frozen=True)
class S3Account:
    """Where an S3 server is and who we are to it; what is empty boto3 finds itself, the server being Amazon's."""

    endpoint_url: str
    key_id: str
    secret: str
    region: str

    @classmethod
    def of_settings(cls) -> "S3Account":
        """The account of the settings at hand."""
        return cls(
            settings.S3_ENDPOINT_URL,
            settings.S3_ACCESS_KEY_ID,
            settings.S3_SECRET_ACCESS_KEY,
            settings.S3_REGION,
        )

    @property
    def config(self) -> Config:
        """The configuration of a client."""
        return client_config(
            s3={"addressing_style": "path" if self.endpoint_url else "auto"},
            # Servers other than Amazon's do not know the newer checksums; who keeps files keeps sums of its own.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )

    def client(self) -> Any:
        """A new client; it costs a tenth of a second and is not safe to share between threads while it is made."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url or None,
            aws_access_key_id=self.key_id or None,
            aws_secret_access_key=self.secret or None,
            region_name=self.region,
            config=self.config,
        )


def code_of(error: ClientError) -> str:
    """What the server answered, in its own word."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


@dataclass(frozen=True)
class Store:
    """A store by its name in codes, and its sentences: while it is away, and where it refuses (`%(reason)s`)."""

    name: str
    away: Sentence
    refused: Sentence

    def is_away(self, reason: str) -> ServerAway:
        """It does not answer, or not now; the reason goes into the log."""
        log.error(f"{self.name}_away", reason=reason)
        return ServerAway(f"{self.name}_away", self.away)

    def refuses(self, reason: str) -> ServerAway:
        """It answers that it will not; somebody has to put it right."""
        log.error(f"{self.name}_refused", reason=reason)
        return ServerAway(f"{self.name}_refused", self.refused % {"reason": reason}, value=reason)

    @contextmanager
    def faults_told(self, *, missing: bool = False) -> Iterator[None]:
        """Faults of the store become ServerAway, their cause without names or addresses.

        A file that is not there is one of them where `missing` says so, else it stays FileNotFoundError.
        """
        try:
            yield
        except _FAULTS as error:
            if isinstance(error, FileNotFoundError) and not missing:
                raise
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> ServerAway:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ClientError):
                code = code_of(cause)
                return self.is_away(code) if code in _TEMPORARY else self.refuses(code)
            if isinstance(cause, ConnectionError | HTTPClientError):
                return self.is_away(type(cause).__name__)
            cause = cause.__cause__ or cause.__context__
        return self.refuses(type(error).__name__)
