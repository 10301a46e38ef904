"""`manage.py doctor` finds each fault that it knows, with a real one, and says what to do; it tells no secret."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from kernel import heartbeat
from kernel.health import redis_server
from kernel.tasks import renew_heartbeat
from tenants.models import Tenant, Territory

# Nobody listens there.
CLOSED = 1


def _examined(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str, str]]:
    """By part what was found last of it: grade, sentence, remedy."""
    capsys.readouterr()
    with suppress(CommandError):
        call_command("doctor", format="json")
    found = json.loads(capsys.readouterr().out)
    worst = sorted(found, key=lambda one: ["well", "doubt", "fault"].index(one["grade"]))
    return {one["part"]: (one["grade"], one["sentence"], one["remedy"]) for one in worst}


@pytest.fixture
def sound(settings: Any, tmp_path: Path, db: None) -> None:
    settings.MEDIA_ROOT = tmp_path
    renew_heartbeat()


def test_a_sound_installation_has_no_fault(
    sound: None, alfa: Tenant, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("doctor")
    told = capsys.readouterr().out
    assert "✗" not in told and "✓ clock and workers: A worker did an errand" in told
    assert "✓ master keys" in told and "✓ key of sealed offers" in told and "✓ store of files" in told
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [], "the probe leaves nothing"


def test_what_is_away_is_told_without_its_password_and_the_rest_is_looked_at(
    sound: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.REDIS_URL = f"redis://:queue-pa55@127.0.0.1:{CLOSED}/0"
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL = "siedem", f"http://127.0.0.1:{CLOSED}"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "name", "store-pa55"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", CLOSED
    settings.EMAIL_HOST_PASSWORD = "mail-pa55"
    found = _examined(capsys)
    for part in ("queue", "store of files", "mail"):
        assert found[part][0] == "fault" and found[part][2], part
    assert f"127.0.0.1:{CLOSED}" in found["queue"][1] and f"127.0.0.1:{CLOSED}" in found["mail"][1]
    assert found["tables"][0] == "well"
    assert "pa55" not in json.dumps(found)


def test_a_clock_that_nobody_hears_is_told(
    sound: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        past = time.time() - 600
        earlier.setattr("kernel.heartbeat.time.time", lambda: past)
        renew_heartbeat()
    grade, sentence, _remedy = _examined(capsys)["clock and workers"]
    assert grade == "fault" and "for 10 minutes" in sentence
    with redis_server() as server:
        server.delete(heartbeat._KEY)
    assert "No worker has ever" in _examined(capsys)["clock and workers"][1]


def test_keys_that_do_not_open_what_is_there_are_told(
    sound: None, settings: Any, alfa: Tenant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MASTER_KEYS = [Fernet.generate_key().decode()]
    settings.SEAL_KEY_FILE = str(tmp_path / "gone.key")
    found = _examined(capsys)
    assert found["master keys"][0] == "fault" and alfa.slug in found["master keys"][1]
    assert found["key of sealed offers"][0] == "fault"


def test_tables_behind_the_code_are_told(
    sound: None, alfa: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    Tenant.objects.filter(pk=alfa.pk).update(migrated_to="earlier", migration_error="LockNotAvailable")
    grade, sentence, remedy = _examined(capsys)["tables"]
    assert grade == "fault" and "migrate_tenants" in remedy
    assert "alfa" in sentence or "behind" in sentence


def test_a_register_that_was_never_loaded_is_told(sound: None, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Territory._meta.db_table} CASCADE")
    assert "load_territories" in _examined(capsys)["tables"][2]


def test_warnings_of_the_deployment_check_are_doubts(
    sound: None, settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of several doubts in no order the last is looked at below; this one is of the tests alone.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    settings.SITE_URL, settings.SECURE_HSTS_SECONDS = "https://siedem.example", 0
    settings.SESSION_COOKIE_SECURE = False
    grade, sentence, remedy = _examined(capsys)["settings"]
    assert grade == "doubt" and "security.W" in sentence and remedy


def test_programs_see_the_failure(sound: None, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{CLOSED}/0"
    with pytest.raises(CommandError, match="Wrong: 1 of"):
        call_command("doctor", verbosity=0)
