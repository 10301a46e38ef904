"""The keeper: what it wrapped only it opens, in its context only; a lost or altered key is told, never guessed."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured

from kernel import keeper
from kernel.errors import ServerAway
from kernel.keeper import KeyLost
from tests.documents.s3_server import free_port

CONTEXT = {"tenant": "t", "call": "c"}
SECRET = b"x" * 32


@pytest.fixture
def key_file(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "seal.key"
    settings.SEAL_KMS_KEY_ID, settings.SEAL_KEY_FILE = "", str(path)
    assert keeper.ensure_key_file(path)
    return path


def test_a_key_file_is_made_once_and_for_its_owner_only(key_file: Path) -> None:
    before = key_file.read_text()
    assert not keeper.ensure_key_file(key_file)
    assert key_file.read_text() == before
    assert len(base64.b64decode(before)) == 32
    assert os.stat(key_file).st_mode & 0o777 == 0o600


def test_what_was_wrapped_is_unwrapped_in_its_context_only(key_file: Path) -> None:
    wrapped = keeper.wrap(SECRET, CONTEXT)
    assert SECRET not in wrapped
    assert keeper.unwrap(wrapped, dict(reversed(CONTEXT.items()))) == SECRET
    assert keeper.unwrap(memoryview(wrapped), CONTEXT) == SECRET
    for context in ({**CONTEXT, "call": "other"}, {"tenant": "t"}, {}):
        with pytest.raises(KeyLost):
            keeper.unwrap(wrapped, context)
    for altered in (wrapped[:-1] + b"\x00", wrapped[:5], b"", b"Z9" + wrapped[2:]):
        with pytest.raises(KeyLost):
            keeper.unwrap(altered, CONTEXT)


@pytest.mark.parametrize("damage", ["lost", "cut", "other signs", "another key", "empty"])
def test_a_lost_or_altered_key_file_is_told_and_put_back_it_serves(damage: str, key_file: Path) -> None:
    wrapped, text = keeper.wrap(SECRET, CONTEXT), key_file.read_text()
    if damage == "lost":
        key_file.unlink()
    elif damage == "another key":
        key_file.unlink()
        keeper.ensure_key_file(key_file)
    else:
        key_file.write_text({"cut": text[:-10], "other signs": "ż" + text[1:], "empty": ""}[damage], "utf-8")
    with pytest.raises(KeyLost) as caught:
        keeper.unwrap(wrapped, CONTEXT)
    assert caught.value.status == 503 and str(key_file) not in str(caught.value)
    if damage != "another key":
        with pytest.raises(KeyLost):
            keeper.wrap(SECRET, CONTEXT)
    key_file.write_text(text)
    assert keeper.unwrap(wrapped, CONTEXT) == SECRET


def test_without_any_keeper_nothing_is_wrapped(settings: Any) -> None:
    settings.SEAL_KMS_KEY_ID = settings.SEAL_KEY_FILE = ""
    with pytest.raises(ImproperlyConfigured):
        keeper.wrap(SECRET, CONTEXT)


@pytest.fixture(scope="module")
def kms_port() -> Iterator[int]:
    """A server with the interface of AWS KMS on this machine, as a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def kms(kms_port: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the server, and a key of it that the settings name."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    monkeypatch.setattr(keeper, "_made", {})
    url = f"http://127.0.0.1:{kms_port}"
    client = boto3.client("kms", endpoint_url=url, region_name="eu-central-1")
    deadline = time.monotonic() + 60
    while True:
        try:
            made = client.create_key()
            break
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    settings.SEAL_KMS_KEY_ID, settings.SEAL_KMS_ENDPOINT_URL = made["KeyMetadata"]["KeyId"], url
    return client


def test_a_kms_wraps_with_the_context(kms: Any, settings: Any, key_file: Path) -> None:
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    from_file = keeper.wrap(SECRET, CONTEXT)
    settings.SEAL_KMS_KEY_ID = key_id
    assert keeper.present_keeper().name == "kms"
    wrapped = keeper.wrap(SECRET, CONTEXT)
    assert SECRET not in wrapped and wrapped[:2] == b"K1"
    assert keeper.unwrap(wrapped, CONTEXT) == SECRET
    with pytest.raises(KeyLost):
        keeper.unwrap(wrapped, {**CONTEXT, "call": "other"})
    with pytest.raises(KeyLost):
        keeper.unwrap(wrapped[:-3] + b"\x00\x01\x02", CONTEXT)
    # What the file wrapped before the move to the KMS still opens; without the KMS its own do not.
    assert keeper.unwrap(from_file, CONTEXT) == SECRET
    settings.SEAL_KMS_KEY_ID = ""
    with pytest.raises(KeyLost):
        keeper.unwrap(wrapped, CONTEXT)


def test_a_kms_that_is_away_or_refuses_is_told(kms: Any, settings: Any) -> None:
    wrapped = keeper.wrap(SECRET, CONTEXT)
    known, settings.SEAL_KMS_KEY_ID = settings.SEAL_KMS_KEY_ID, "6f1d2c5e-0000-4000-8000-000000000000"
    with pytest.raises(ServerAway):
        keeper.wrap(SECRET, CONTEXT)
    settings.SEAL_KMS_KEY_ID = known
    settings.SEAL_KMS_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ServerAway) as caught:
        keeper.unwrap(wrapped, CONTEXT)
    assert caught.value.code == "keeper_away"
