"""A new master key takes everything over while the platform runs, and the old one can be thrown away."""

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.checkpoints import public_keys
from audit.models import Entry
from contracting.tenders.actions import drafting
from documents.uploads import Upload
from kernel import crypto
from kernel.master_keys import held_by_keys, sealings
from kernel.signing import holds, sign
from kernel.tenancy import public_scope, tenant_scope
from reporting.statistics.models import SigningKey, SigningSecret
from tenants.doctor.keys import look_at_master_keys
from tenants.models import Tenant
from tests.contracting.tenders.offers_world import MANAGER, bidder, published_call, written_offer
from tests.copies import address_of_database, copied_database
from tests.factories.care import PersonFactory
from tests.racing import new_tenant

_SECONDS = 120
PDF = Upload(b"%PDF-1.7 ARONIA-STATUT %%EOF", "Statut Aronia.pdf", "application/pdf")
OLD, NEW = configured.MASTER_KEYS[0], Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _no_cached_keys() -> Iterator[None]:
    crypto._unwrap.cache_clear()
    yield
    crypto._unwrap.cache_clear()


def _rotated() -> str:
    told = StringIO()
    call_command("rotate_master_keys", stdout=told)
    return told.getvalue()


def _refused() -> str:
    wrong = StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_master_keys", stdout=StringIO(), stderr=wrong)
    return wrong.getvalue()


def _doctor() -> list[tuple[str, str]]:
    return [(finding.sentence, finding.remedy) for finding in look_at_master_keys()]


def _keys() -> dict[str, bytes]:
    with public_scope():
        return {slug: bytes(key) for slug, key in Tenant.objects.values_list("slug", "data_key") if key}


@pytest.mark.django_db
def test_with_the_old_key_gone_everything_of_a_tenant_is_read_and_signed(alfa: Tenant, settings: Any) -> None:
    with tenant_scope(alfa):
        person = PersonFactory(
            pesel_encrypted=crypto.encrypt("44051401359"), pesel_index=crypto.blind_index("44051401359")
        )
        offer = written_offer(published_call(), bidder())
        drafting.add_file(offer, PDF, purpose="", actor=MANAGER)
        offer.refresh_from_db()
        content = drafting.read_draft(offer)
    settings.MASTER_KEYS = [NEW, OLD]
    assert f"Key 2 of MASTER_KEYS still holds {len(_keys())} data keys of tenants." in _doctor()[0][0]
    _rotated()
    settings.CHECKPOINT_PUBLIC_KEYS = [public_keys()[1]]
    assert "may be taken out" in _doctor()[0][0]
    settings.MASTER_KEYS = [NEW]
    crypto._unwrap.cache_clear()
    assert _doctor() == [("MASTER_KEYS opens everything that it sealed.", "")]
    with tenant_scope(Tenant.objects.get(pk=alfa.pk)):
        person.refresh_from_db()
        assert crypto.decrypt(person.pesel_encrypted) == "44051401359"
        assert crypto.blind_index("44051401359") == person.pesel_index
        offer.refresh_from_db()
        assert drafting.read_draft(offer) == content
        assert drafting.draft_file(offer, content["files"][0]) == PDF.content
        key = SigningKey.objects.get(tenant=alfa, retired_at__isnull=True)
        private = crypto.decrypt_bytes(SigningSecret.objects.get(key=key).wrapped)
    assert holds(key.public_key, "x", sign(private, "x"))


@pytest.mark.django_db
def test_each_tenant_has_its_entry_and_a_second_run_changes_nothing(
    alfa: Tenant, beta: Tenant, settings: Any
) -> None:
    settings.MASTER_KEYS = [NEW, OLD]
    before = _keys()
    told = _rotated()
    assert (
        f"data keys of tenants, 1 of {len(before)}: " in told and "Everything is under the newest key" in told
    )
    entries = Entry.objects.filter(verb="rotate_master_keys")
    assert sorted(entries.values_list("subject_id", flat=True)) == sorted(
        str(pk) for pk in Tenant.objects.filter(slug__in=before).values_list("pk", flat=True)
    )
    turned = _keys()
    assert all(turned[slug] != before[slug] for slug in before)
    _rotated()
    assert _keys() == turned and entries.count() == len(before)


@pytest.mark.django_db
def test_a_tenant_whose_key_is_lost_stops_no_other(alfa: Tenant, beta: Tenant, settings: Any) -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(b"x")
    Tenant.objects.filter(pk=alfa.pk).update(data_key=foreign)
    settings.MASTER_KEYS = [NEW, OLD]
    assert "alfa is opened by none of MASTER_KEYS" in _refused()
    assert _keys()["alfa"] == foreign
    assert crypto.holder(_keys()["beta"]) == 0
    assert [sentence for sentence, _remedy in _doctor()] == [
        "MASTER_KEYS does not open 1 data keys of tenants: alfa."
    ]


@pytest.mark.django_db
def test_the_key_stays_until_its_checkpoints_are_vouched_for(alfa: Tenant, settings: Any) -> None:
    settings.MASTER_KEYS = [NEW, OLD]
    _rotated()
    [(sentence, remedy)] = _doctor()
    assert "checkpoints were signed by it" in sentence and public_keys()[1] in remedy


@pytest.mark.django_db
def test_an_erased_tenant_needs_no_key(alfa: Tenant, settings: Any) -> None:
    Tenant.objects.filter(pk=alfa.pk).update(data_key=b"")
    settings.MASTER_KEYS = [NEW, OLD]
    _rotated()
    assert "alfa" not in held_by_keys()["data keys of tenants"][0]


@pytest.mark.django_db
def test_the_role_of_web_servers_does_not_rotate(alfa: Tenant, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        settings.WEB_DATABASE_ROLE = cursor.fetchone()[0]
    with pytest.raises(CommandError, match="own role"):
        call_command("rotate_master_keys")


def test_what_the_master_keys_seal_is_sealed_where_apps_say_so() -> None:
    """Whoever calls these seals a column of its own: say which by `kernel.master_keys.seals`, and name the file."""
    found: dict[str, set[str]] = {}
    for folder in ("platform", "tenants", "contracting", "reporting"):
        for path in sorted((configured.ROOT / folder).rglob("*.py")):
            for name in _called_of_crypto(ast.parse(path.read_text("utf-8"))):
                found.setdefault(name, set()).add(path.relative_to(configured.ROOT).as_posix())
    assert found == {
        "seal": {"platform/accounts/adapter.py"},
        "new_wrapped_key": {"tenants/actions/rekeying.py", "tenants/actions/tenants.py"},
        "rewrap": {"platform/kernel/master_keys.py"},
    }
    assert {f"{sealing.model._meta.db_table}.{sealing.column}" for sealing in sealings()} == {
        "mfa_authenticator.data",
        "tenants_formerkey.wrapped",
        "tenants_tenant.data_key",
    }


def _called_of_crypto(tree: ast.AST) -> Iterator[str]:
    wanted = {"seal", "new_wrapped_key", "rewrap"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "kernel.crypto":
            yield from (name.name for name in node.names if name.name in wanted)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "crypto"
            and node.attr in wanted
        ):
            yield node.attr


@pytest.fixture
def apart(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A database of its own with four tenants, and the environment of a process in which both keys are known."""
    with django_db_blocker.unblock(), copied_database("rotating"):
        for slug in ("gamma", "delta"):
            new_tenant(slug, slug.title())
        yield {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "PYTHONPATH": os.pathsep.join(map(str, (configured.ROOT, configured.ROOT / "platform"))),
            "DATABASE_URL": address_of_database(),
            "MASTER_KEYS": f"{NEW},{OLD}",
        }


def _until(holds_now: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds_now():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_a_killed_run_is_gone_on_with(apart: dict[str, str], settings: Any) -> None:
    settings.MASTER_KEYS = [NEW, OLD]
    command = [sys.executable, "manage.py", "rotate_master_keys"]
    before = _keys()
    *first, last = Tenant.objects.exclude(data_key=b"").order_by("pk").values_list("slug", flat=True)

    def turned() -> set[str]:
        return {slug for slug, key in _keys().items() if crypto.holder(key) == 0}

    with (
        subprocess.Popen(
            command,
            cwd=configured.ROOT,
            env=apart,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
        transaction.atomic(),
    ):
        Tenant.objects.select_for_update().get(slug=last)
        _until(lambda: turned() == set(first), process)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    assert _keys()[last] == before[last]
    halfway = _keys()

    again = subprocess.run(
        command, cwd=configured.ROOT, env=apart, capture_output=True, text=True, timeout=_SECONDS
    )
    assert again.returncode == 0, again.stderr
    assert f"data keys of tenants, 1 of 1: {last} under the newest key" in again.stdout
    assert turned() == set(before) and {slug: _keys()[slug] for slug in first} == {
        slug: halfway[slug] for slug in first
    }
    entries = Entry.objects.filter(verb="rotate_master_keys")
    assert entries.count() == len(before) == entries.values("subject_id").distinct().count()
    for slug, wrapped in _keys().items():
        settings.MASTER_KEYS = [OLD]
        with pytest.raises(InvalidToken):
            crypto._unwrap(wrapped)
        kept = crypto._unwrap(before[slug])
        settings.MASTER_KEYS = [NEW]
        assert crypto._unwrap(wrapped) == kept


@pytest.mark.slow
def test_a_tenant_that_somebody_holds_is_gone_round(apart: dict[str, str], settings: Any) -> None:
    settings.MASTER_KEYS = [NEW, OLD]
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Tenant.objects.select_for_update().get(slug="gamma")
                held.set()
                assert enough.wait(_SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, mock.patch("kernel.locks._PATIENCE", "200ms"):
        holding = pool.submit(hold)
        assert held.wait(_SECONDS)
        try:
            told = _refused()
        finally:
            enough.set()
        holding.result(_SECONDS)
    assert "gamma not changed (LockNotAvailable)" in told
    assert {slug for slug, key in _keys().items() if crypto.holder(key) == 1} == {"gamma"}
    assert "data keys of tenants, 1 of 1: gamma under the newest key" in _rotated()
