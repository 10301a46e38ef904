"""Nothing leaves a tenant before its director agreed; then exactly what was accepted, once, for few questions."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.crypto import decrypt_bytes
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.compliance.hooks import approval_changed
from reporting.compliance.models import ContractMonth
from reporting.statistics.actions.consenting import approve_pushing, stop_pushing
from reporting.statistics.actions.pushing import push_month, push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.dictionary import dictionary, reading
from reporting.statistics.models import Contribution, Fact, FactsBatch, PushConsent, SigningKey, SigningSecret
from tenants.models import Organisation, Tenant
from tests.factories.care import ContractFactory, DecisionFactory
from tests.factories.facts import forget_facts, told_of_care
from tests.reporting.statistics.sending_world import ACTOR, OCTOBER, accept, accepted_month

pytestmark = pytest.mark.django_db


def _fire(tenant: Tenant, month: date = OCTOBER) -> None:
    with tenant_scope(tenant):
        approval_changed.fire(month=month, actor=ACTOR)


@pytest.fixture
def silent(alfa: Tenant) -> Tenant:
    """Alfa, whose director has agreed to nothing yet."""
    SigningSecret.objects.filter(key__tenant=alfa).delete()
    forget_facts(alfa)
    return alfa


@pytest.fixture
def later_dictionary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second edition: from September 2026 on fulfilment is computed anew, and one indicator is quite new."""
    raw = json.loads(reading.FILE.read_text("utf-8"))
    raw["edition"] = 2
    rows = raw["indicators"]
    place = next(at for at, row in enumerate(rows) if row["code"] == "care_fulfilment")
    rows.insert(place + 1, {**rows[place], "version": 2, "edition": 2, "valid_from": "2026-09"})
    newest = next(row for row in rows if row["code"] == "providers")
    newest["edition"] = 2
    file = tmp_path / "indicators.json"
    file.write_text(json.dumps(raw), "utf-8")
    monkeypatch.setattr(reading, "FILE", file)
    dictionary.cache_clear()
    yield
    dictionary.cache_clear()


def test_before_the_consent_nothing_leaves_and_then_what_was_accepted_does(silent: Tenant) -> None:
    accepted_month(silent)
    _fire(silent)
    with tenant_scope(silent), pytest.raises(DomainError) as refused:
        push_month(OCTOBER, actor=ACTOR)
    assert refused.value.code == "not_approved"
    assert not FactsBatch.objects.filter(tenant=silent).exists()
    with tenant_scope(silent):
        approve_pushing(actor=ACTOR)
    assert told_of_care(silent, OCTOBER) == (6, 7200, 6600)
    with tenant_scope(silent), pytest.raises(DomainError) as refused:
        approve_pushing(actor=ACTOR)
    assert refused.value.code == "approved_already"


def test_after_a_stop_nothing_leaves_and_what_left_stays(alfa: Tenant) -> None:
    month = accepted_month(alfa)
    _fire(alfa)
    with tenant_scope(alfa):
        stop_pushing(reason="Wychodzimy z programu", actor=ACTOR)
        ContractMonth.objects.filter(pk=month.pk).update(
            state="returned", accepted_minutes=None, snapshot_sha256=""
        )
    _fire(alfa)
    assert told_of_care(alfa, OCTOBER) == (6, 7200, 6600)
    assert FactsBatch.objects.filter(tenant=alfa).count() == 1
    assert not SigningKey.objects.filter(tenant=alfa, retired_at=None).exists()
    with tenant_scope(alfa):
        with pytest.raises(DomainError) as refused:
            push_quarter(Quarter(2026, 2), actor=ACTOR)
        assert refused.value.code == "not_approved"
        # Coming back takes a new key, and what changed meanwhile is told.
        approve_pushing(actor=ACTOR)
        push_month(OCTOBER, actor=ACTOR)
    assert told_of_care(alfa, OCTOBER) is None
    assert SigningKey.objects.filter(tenant=alfa).count() == 2


def test_a_month_of_which_nothing_was_told_needs_no_push(in_alfa: Tenant) -> None:
    ContractFactory()
    assert push_month(OCTOBER, actor=ACTOR) is None
    assert not FactsBatch.objects.filter(tenant=in_alfa).exists()


def test_the_same_figures_leave_once(alfa: Tenant) -> None:
    accepted_month(alfa)
    _fire(alfa)
    _fire(alfa)
    assert list(FactsBatch.objects.filter(tenant=alfa).values_list("version", flat=True)) == [1]


def test_a_quarter_that_lasts_is_not_closed(in_alfa: Tenant) -> None:
    with pytest.raises(DomainError) as refused:
        push_quarter(Quarter(2099, 1), actor=ACTOR)
    assert refused.value.code == "period_not_over"
    assert not FactsBatch.objects.filter(tenant=in_alfa).exists()


@pytest.mark.usefixtures("later_dictionary")
def test_a_new_version_of_an_indicator_waits_for_a_new_consent(alfa: Tenant) -> None:
    assert (PushConsent.objects.get(tenant=alfa).edition, dictionary().edition) == (1, 2)
    accepted_month(alfa)
    _fire(alfa)
    sent = set(Fact.objects.current().filter(tenant=alfa).values_list("indicator", flat=True))
    # Version 1 of fulfilment ended in August; nobody agreed to version 2, nor to the indicator that is new.
    assert "care_hours_delivered" in sent and not {"care_fulfilment", "providers"} & sent
    with tenant_scope(alfa):
        with pytest.raises(DomainError) as refused:
            approve_pushing(edition=1, actor=ACTOR)
        assert refused.value.code == "dictionary_changed"
        approve_pushing(edition=2, actor=ACTOR)
    sent = set(Fact.objects.current().filter(tenant=alfa).values_list("indicator", "version"))
    # Nothing computes version 2 yet, and version 1 does not stand in for it.
    assert ("providers", 1) in sent and not {("care_fulfilment", 1), ("care_fulfilment", 2)} & sent


@pytest.mark.usefixtures("later_dictionary")
def test_months_before_the_change_keep_the_version_that_held_then(alfa: Tenant) -> None:
    august = date(2026, 8, 1)
    with tenant_scope(alfa):
        contract = ContractFactory(valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
        accept([DecisionFactory(contract=contract) for _ in range(6)], august)
        push_month(august, actor=ACTOR)
    assert Fact.objects.current().get(tenant=alfa, indicator="care_fulfilment", service="*").version == 1
    first, second = dictionary().versions("care_fulfilment")
    assert (str(first.valid_to), str(second.valid_from)) == ("2026-08", "2026-09")


def test_prices_say_who_stands_behind_them(alfa: Tenant) -> None:
    accepted_month(alfa)
    with tenant_scope(alfa):
        public = Organisation.objects.create(name="Dom Pomocy", legal_form="public")
        own = ContractFactory(organisation=public, price_per_hour="30.00", procured=True)
        accept([DecisionFactory(contract=own)], delivered=600)
    _fire(alfa)
    price = Fact.objects.current().get(tenant=alfa, indicator="hour_price", category="")
    parts = Contribution.objects.filter(fact=price)
    assert price.numerator == sum(part.value for part in parts) and parts.count() == 2
    assert (price.denominator, price.persons) == (7200, None)
    assert parts.get(is_public=True).value == 300
    procured = Fact.objects.current().get(tenant=alfa, indicator="hour_price", category="procurement")
    assert (procured.numerator, procured.denominator) == (300, 600)
    providers = Fact.objects.current().filter(tenant=alfa, indicator="providers", numerator__gt=0)
    assert dict(providers.values_list("category", "numerator")) == {"": 2, "association": 1, "public": 1}


def test_a_push_asks_as_much_of_many_contracts_as_of_one(alfa: Tenant) -> None:
    def questions() -> int:
        with tenant_scope(alfa), CaptureQueriesContext(connection) as asked:
            push_month(OCTOBER, actor=ACTOR)
        return len(asked)

    accepted_month(alfa, 2)
    questions()
    accepted_month(alfa, 2)
    few = questions()
    for _ in range(6):
        accepted_month(alfa, 12)
    assert questions() == few <= 32


def test_a_quarter_asks_a_constant_number_of_questions(alfa: Tenant) -> None:
    with tenant_scope(alfa), CaptureQueriesContext(connection) as asked:
        batch = push_quarter(Quarter(2026, 2), actor=ACTOR)
    assert batch is not None and len(asked) <= 45


def test_no_wrapped_key_can_be_read_by_another_tenant(alfa: Tenant, beta: Tenant) -> None:
    secret = SigningSecret.objects.get(key__tenant=alfa)
    with tenant_scope(alfa):
        assert len(decrypt_bytes(secret.wrapped)) == 32
    with tenant_scope(beta), pytest.raises(InvalidToken):
        decrypt_bytes(secret.wrapped)
