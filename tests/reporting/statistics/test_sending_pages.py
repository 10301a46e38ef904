"""The tenant's pages: a preview before anything leaves, receipts of exactly what left, doubtful figures looked at."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.signing import holds
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.statistics.actions.pushing import push_month
from reporting.statistics.actions.receiving import receive
from reporting.statistics.models import Fact, FactsBatch, HeldFact, PushConsent
from tenants.models import Tenant
from tests.factories.facts import told_of_care
from tests.reporting.statistics.sending_world import (
    ACTOR,
    OCTOBER,
    THIRD_QUARTER,
    accepted_month,
    quarter_of,
    results,
    signed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("served_as")]


@pytest.fixture
def director(alfa: Tenant, sign_in: Callable[..., Client]) -> Client:
    return sign_in("director", alfa)


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def _sent_month(alfa: Tenant) -> FactsBatch:
    accepted_month(alfa)
    with tenant_scope(alfa):
        batch = push_month(OCTOBER, actor=ACTOR)
    assert batch is not None
    return batch


def _event(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        Result.objects.create(kind="event", title="Piknik sąsiedzki", happened_on=THIRD_QUARTER)


def _held(alfa: Tenant, number: Any = 2001) -> HeldFact:
    text = quarter_of(alfa, results(number), results(5, "publication"))
    receive(alfa, text, signed(alfa, text), actor=ACTOR)
    return HeldFact.objects.get(tenant=alfa, state="waiting")


def test_the_preview_shows_what_would_leave_and_one_word_sends_it(alfa: Tenant, director: Client) -> None:
    PushConsent.objects.filter(tenant=alfa).delete()
    accepted_month(alfa)
    assert "Dane nie są przekazywane" in _text(director.get("/alfa/statistics/"))
    preview = _text(director.get("/alfa/statistics/approve/"))
    assert "Osoby objęte usługami opiekuńczymi" in preview and "110:00" in preview
    assert not FactsBatch.objects.filter(tenant=alfa).exists()
    assert _text(director.post("/alfa/statistics/approve/", {"edition": "7"}), 422)
    assert not PushConsent.objects.filter(tenant=alfa).exists()

    answer = director.post("/alfa/statistics/approve/", {"edition": "1"}, follow=True)
    assert "październik 2026" in _text(answer)
    assert told_of_care(alfa, OCTOBER) == (6, 7200, 6600)
    # A second time there is nothing to approve.
    assert director.get("/alfa/statistics/approve/").status_code == 302
    _text(director.post("/alfa/statistics/approve/", {"edition": "1"}), 422)


def test_the_receipt_holds_every_number_with_hash_and_signature(alfa: Tenant, director: Client) -> None:
    batch = _sent_month(alfa)
    answer = director.get(f"/alfa/statistics/batches/{batch.pk}/")
    page = _text(answer)
    lines = [line for topic in answer.context["topics"] for line in topic.lines]
    stored = Fact.objects.filter(batch=batch)
    assert {(line.figure.place, line.figure.numerator) for line in lines} == {
        ((fact.indicator, fact.service, fact.category), fact.numerator) for fact in stored
    }
    assert len(lines) == stored.count() > 40
    for shown in (
        batch.content_sha256,
        batch.signature,
        batch.key.public_key,
        "zachodniopomorskie",
        "prawidłowy",
    ):
        assert shown in page
    kept = json.loads(director.get(f"/alfa/statistics/batches/{batch.pk}/batch.json").content)
    assert holds(kept["public_key"], kept["document"], kept["signature"])
    assert "Piknik" not in kept["document"]


def test_a_batch_changed_in_the_database_is_said_not_to_hold(alfa: Tenant, director: Client) -> None:
    batch = _sent_month(alfa)
    FactsBatch.objects.filter(pk=batch.pk).update(
        document=batch.document.replace('"numerator":"6600"', '"numerator":"9900"')
    )
    assert "nieprawidłowy" in _text(director.get(f"/alfa/statistics/batches/{batch.pk}/"))


def test_a_quarter_is_closed_from_its_page_and_a_correction_is_a_version(
    alfa: Tenant, director: Client
) -> None:
    address = "/alfa/statistics/periods/2026-Q3/"
    _event(alfa)
    assert "Zamknij kwartał i przekaż dane" in _text(director.get(address))
    assert "III kwartał 2026" in _text(director.get("/alfa/statistics/"))
    director.post(address)
    director.post(address)
    assert FactsBatch.objects.filter(tenant=alfa, kind="quarter").count() == 1
    assert "Poniższe liczby są takie same." in _text(director.get(address))
    _event(alfa)
    assert "Przekaż jako nową wersję" in _text(director.get(address))
    assert "Przekazano dokładnie te liczby" in _text(director.post(address, follow=True))
    facts = Fact.objects.filter(tenant=alfa, indicator="results", category="event").order_by("batch__version")
    assert list(facts.values_list("numerator", "current")) == [(1, False), (2, True)]


@pytest.mark.parametrize("period", ["2099-Q1", "2099-01", "2026-Q5", "2026-13", "0001-01", "x", "2026-Q"])
def test_a_period_that_is_none_or_not_over_is_not_found(director: Client, period: str) -> None:
    address = f"/alfa/statistics/periods/{period}/"
    assert (director.get(address).status_code, director.post(address).status_code) == (404, 404)


def test_a_month_without_acceptance_has_nothing_to_send(alfa: Tenant, director: Client) -> None:
    answer = director.post("/alfa/statistics/periods/2026-10/")
    assert "Nie przyjęto miesiąca w żadnej umowie" in _text(answer, 422)
    assert not FactsBatch.objects.filter(tenant=alfa).exists()


def test_a_doubtful_figure_is_published_once_its_director_says_why(alfa: Tenant, director: Client) -> None:
    held = _held(alfa)
    assert "więcej, niż to prawdopodobne" in _text(director.get("/alfa/statistics/"))
    address = f"/alfa/statistics/held/{held.pk}/"
    assert "najwyżej 2 000" in _text(director.get(address))
    _text(director.post(address, {"note": " "}), 422)
    assert not Fact.objects.current().filter(category="event").exists()
    director.post(address, {"note": "Rok kultury: wydarzenie w każdym sołectwie"})
    held.refresh_from_db()
    assert (held.state, held.decided_by_name != "") == ("confirmed", True)
    assert Fact.objects.current().get(category="event").numerator == 2001
    # A second time, or after a later batch, it is no longer asked.
    assert "w międzyczasie" in _text(director.post(address, {"note": "jeszcze raz"}), 422)
    assert Fact.objects.current().filter(category="event").count() == 1


def test_a_confirmed_figure_that_did_not_change_stays_confirmed_and_one_that_did_waits_again(
    alfa: Tenant, director: Client
) -> None:
    held = _held(alfa)
    director.post(f"/alfa/statistics/held/{held.pk}/", {"note": "Rok kultury"})
    # Another figure is corrected.
    text = quarter_of(alfa, results(2001), results(6, "publication"))
    receive(alfa, text, signed(alfa, text), actor=ACTOR)
    assert not HeldFact.objects.filter(state="waiting").exists()
    current = Fact.objects.current().filter(tenant=alfa).values_list("category", "numerator")
    assert set(current) == {("event", 2001), ("publication", 6)}
    # Now the confirmed one itself: nobody has said anything of its new value.
    text = quarter_of(alfa, results(2003), results(6, "publication"))
    receive(alfa, text, signed(alfa, text), actor=ACTOR)
    again = HeldFact.objects.get(state="waiting")
    assert not Fact.objects.current().filter(category="event").exists()
    assert "2 003; poprzednio potwierdzono 2 001" in _text(director.get("/alfa/statistics/"))
    page = _text(director.get(f"/alfa/statistics/held/{again.pk}/"))
    assert "2 001: Rok kultury" in page and "Liczba zmieniła się od tego czasu" in page
    # What is not confirmable keeps waiting for its source to be corrected.
    text = quarter_of(alfa, results("NaN"))
    receive(alfa, text, signed(alfa, text), actor=ACTOR)
    assert HeldFact.objects.get(state="waiting").reason == "not_a_number"


def test_what_is_no_number_cannot_be_confirmed(alfa: Tenant, director: Client) -> None:
    held = _held(alfa, "NaN")
    address = f"/alfa/statistics/held/{held.pk}/"
    assert "nie można potwierdzić" in _text(director.get(address))
    assert "nie można potwierdzić" in _text(director.post(address, {"note": "tak ma być"}), 422)
    assert not Fact.objects.current().filter(category="event").exists()
    _text(director.get(f"/alfa/statistics/batches/{held.batch_id}/"))


def test_stopping_needs_a_reason_and_is_shown(alfa: Tenant, director: Client) -> None:
    _text(director.post("/alfa/statistics/stop/", {"reason": ""}), 422)
    director.post("/alfa/statistics/stop/", {"reason": "Wychodzimy z programu"})
    page = _text(director.get("/alfa/statistics/"))
    assert "Wychodzimy z programu" in page and "Zobacz podgląd" in page
    assert not PushConsent.objects.in_force().filter(tenant=alfa).exists()


def test_a_coordinator_reads_and_only_the_director_decides(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    held, coordinator = _held(alfa), sign_in("coordinator", alfa)
    assert "Wstrzymaj" not in _text(coordinator.get("/alfa/statistics/"))
    _text(coordinator.get(f"/alfa/statistics/batches/{held.batch_id}/"))
    for address in ("approve/", "stop/", f"held/{held.pk}/"):
        assert coordinator.post(f"/alfa/statistics/{address}").status_code == 403
    _event(alfa)
    coordinator.post("/alfa/statistics/periods/2026-Q2/")
    assert not FactsBatch.objects.filter(tenant=alfa).exclude(pk=held.batch_id).exists()
    assert PushConsent.objects.in_force().filter(tenant=alfa).exists()


def test_receipts_of_another_tenant_are_not_found(
    alfa: Tenant, beta: Tenant, sign_in: Callable[..., Client]
) -> None:
    held, other = _held(alfa), sign_in("director", beta)
    for place in (f"batches/{held.batch_id}/", f"batches/{held.batch_id}/batch.json", f"held/{held.pk}/"):
        assert other.get(f"/beta/statistics/{place}").status_code == 404
    assert other.get(f"/beta/statistics/batches/{uuid4()}/").status_code == 404


def test_the_page_asks_as_much_of_many_periods_as_of_one(alfa: Tenant, director: Client) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            _text(director.get("/alfa/statistics/"))
        return len(asked)

    def send(month: int) -> None:
        period = THIRD_QUARTER.replace(month=month)
        text = quarter_of(alfa, results(Decimal("2500")), period=period)
        receive(alfa, text, signed(alfa, text), actor=ACTOR)

    send(1)
    # The first request fills what the server keeps in mind.
    questions()
    few = questions()
    send(4)
    send(7)
    assert questions() == few
