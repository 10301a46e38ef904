"""A tenant's key is changed while a worker is in the middle of writing: what it wrote is encrypted anew too."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from kernel import crypto
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from tenants import actions
from tenants.models import FormerKey, Tenant
from tests.factories.care import PersonFactory
from tests.racing import PATIENCE, WHOLE, committed_tenant, committing, until_somebody_waits

db = committing
TESTS = Actor.system("tests")


@pytest.fixture
def closed(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    with committed_tenant("rekeyed", "Rekeyed") as tenant:
        with tenant_scope(tenant):
            PersonFactory(pesel_encrypted=None, pesel_index=None)
        actions.suspend_tenant(tenant, reason="Zmiana klucza", actor=TESTS)
        monkeypatch.setattr("tenants.actions.rekeying.SETTLED", timedelta(0))
        yield tenant


def test_a_worker_in_the_middle_of_writing_is_waited_for_and_nothing_it_wrote_is_lost(closed: Tenant) -> None:
    written, waited = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with tenant_scope(closed), transaction.atomic():
                Person.objects.update(contact_encrypted=crypto.encrypt("w trakcie"))
                written.set()
                assert waited.wait(WHOLE)
        finally:
            connections.close_all()

    def rotate() -> None:
        try:
            assert written.wait(PATIENCE)
            actions.rotate_tenant_key(closed, reason="wyciek", actor=TESTS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(work), pool.submit(rotate)]
        until_somebody_waits()
        waited.set()
        for one in running:
            one.result(WHOLE)
    FormerKey.objects.filter(tenant=closed).delete()
    with tenant_scope(Tenant.objects.get(pk=closed.pk)):
        person = Person.objects.get()
        assert crypto.decrypt(person.contact_encrypted) == "w trakcie"


def test_a_tenant_in_which_somebody_goes_on_writing_keeps_its_key(
    closed: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.locks._PATIENCE", "200ms")
    held, enough = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with tenant_scope(closed), transaction.atomic():
                Person.objects.update(surname="Zajęta")
                held.set()
                assert enough.wait(WHOLE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(work)
        assert held.wait(PATIENCE)
        try:
            with pytest.raises(CommandError, match=r"nothing was changed \(LockNotAvailable\)"):
                call_command("rotate_tenant_key", closed.slug, "--reason", "wyciek")
        finally:
            enough.set()
        holding.result(WHOLE)
    assert bytes(Tenant.objects.get(pk=closed.pk).data_key) == bytes(closed.data_key)
    assert not FormerKey.objects.filter(tenant=closed).exists()
