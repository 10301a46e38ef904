"""Pages of upkeep: the rules in force, the log of releases, changes of territory; and new keys for tenants."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from kernel.signing import holds
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import (
    DisclosureRule,
    FactsBatch,
    Release,
    Relocation,
    SigningKey,
    SigningSecret,
)
from tenants.models import Tenant
from tests.factories.facts import care_told
from tests.reporting.statistics.sending_world import ACTOR, OCTOBER, THIRD_QUARTER

pytestmark = pytest.mark.django_db
QUARTER = Quarter.of(THIRD_QUARTER)


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_everybody_reads_the_rules_in_force_before_and_to_come(client: Client) -> None:
    DisclosureRule.objects.create(
        valid_from=date(2099, 1, 1), persons_threshold=7, source="Rozporządzenie, które dopiero wejdzie"
    )
    page = _text(client.get("/region/rules/"))
    in_force = DisclosureRule.objects.get(valid_from__lt=date(2026, 1, 1))
    assert in_force.source in page and "mniej niż 5 osób" in page and "mniej niż 10 osób" in page
    assert "75,0 %" in page and "20 dni po ostatnim dniu okresu" in page
    assert "mniej niż 7 osób" in page and "Od 1 stycznia 2099" in page
    assert page.index("mniej niż 5 osób") < page.index("mniej niż 7 osób")


def test_the_log_tells_what_every_release_brought(
    alfa: Tenant, beta: Tenant, sign_in: Callable[..., Client]
) -> None:
    analyst = sign_in("regional_analyst", voivodeship="32")
    address = "/region/32/releases/"
    assert "Niczego jeszcze nie opublikowano" in _text(analyst.get(address))
    care_told(alfa, OCTOBER, uslugi=9)
    publish("month", OCTOBER, actor=ACTOR)
    with CaptureQueriesContext(connection) as few:
        _text(analyst.get(address))
    care_told(beta, OCTOBER, uslugi=8)
    publish("month", OCTOBER, actor=ACTOR)
    with CaptureQueriesContext(connection) as asked:
        page = _text(analyst.get(address))
    assert len(asked) <= len(few)
    assert Release.objects.count() == 2
    assert "publikacja 2" in page and "publikacja 1" in page and "październik 2026" in page
    assert Release.objects.first().content_sha256[:12] in page


def test_the_operator_records_a_change_of_territory_on_a_page(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    operator, address = sign_in("platform_operator"), "/operator/relocations/"
    typed = {"tenant": "alfa", "territory": "1219053", "valid_from": "01.01.2026", "kind": ""}
    for changes, said in (
        ({"tenant": "nigdzie"}, "nie ma samorządu"),
        ({"territory": "9999999"}, "nie zna takiego kodu"),
        ({"valid_from": "02.01.2026"}, "1 stycznia"),
        ({"valid_from": "01.01.2099"}, "jeszcze nie nadszedł"),
    ):
        assert said in _text(operator.post(address, typed | changes), 422)
    assert not Relocation.objects.exists()
    assert operator.post(address, typed).status_code == 302
    alfa.refresh_from_db()
    assert (alfa.territory_id, alfa.voivodeship_id) == ("1219053", "12")
    page = _text(operator.get(address))
    assert "3210013" in page and "1219053" in page and "01.01.2026" in page
    assert sign_in("director", alfa).get(address).status_code == 404


def _events(tenant: Tenant) -> FactsBatch:
    with tenant_scope(tenant):
        Result.objects.create(kind="event", title="Piknik", happened_on=THIRD_QUARTER)
        batch = push_quarter(QUARTER, actor=ACTOR)
    assert batch is not None
    return batch


def _rotate(*arguments: str) -> str:
    said = StringIO()
    call_command("rotate_signing_keys", *arguments, "--reason", "Coroczna wymiana", stdout=said, stderr=said)
    return said.getvalue()


def test_a_new_key_signs_from_now_on_and_old_batches_still_verify(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    old = _events(alfa)
    assert "alfa: signs with" in _rotate("alfa")
    new = _events(alfa)
    assert old.key != new.key and new.version == 2
    for batch in (old, new):
        assert holds(batch.key.public_key, batch.document, batch.signature)
        assert not holds(batch.key.public_key, batch.document + " ", batch.signature)
    assert not holds(new.key.public_key, old.document, old.signature)
    retired, in_use = SigningKey.objects.filter(tenant=alfa).order_by("made_at")
    assert (retired.retired_at is not None, in_use.retired_at) == (True, None)
    assert list(SigningSecret.objects.filter(key__tenant=alfa).values_list("key", flat=True)) == [in_use.pk]
    page = _text(sign_in("director", alfa).get(f"/alfa/statistics/batches/{old.pk}/"))
    assert "prawidłowy" in page and retired.public_key in page
    with tenant_scope(alfa):
        entry = Entry.objects.get(verb="rotate_signing_key")
        assert entry.payload["reason"] == "Coroczna wymiana"


def test_all_keys_in_use_are_replaced_and_a_tenant_without_one_is_named(alfa: Tenant, beta: Tenant) -> None:
    before = set(SigningKey.objects.filter(retired_at=None).values_list("public_key", flat=True))
    SigningKey.objects.filter(tenant=beta, retired_at=None).update(retired_at="2026-01-01T00:00:00Z")
    said = _rotate("--all")
    assert "alfa:" in said and "beta:" not in said
    assert not before & set(SigningKey.objects.filter(retired_at=None).values_list("public_key", flat=True))
    with pytest.raises(CommandError, match="1 tenants have no new key"):
        _rotate("alfa", "beta")
    for wrong in ((), ("--all", "alfa"), ("nigdzie",)):
        with pytest.raises(CommandError):
            _rotate(*wrong)
