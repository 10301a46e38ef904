"""Loads of social workers over HTTP: who keeps them, what is refused, what the page says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.models import LegalLimit
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.casework import actions
from reporting.casework.models import Caseload
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.people import signed_in_client
from tests.reporting.evaluation.test_evaluating import words

SignIn = Callable[..., Client]
MONTH = Month(2026, 1)
PAGE, FORM = f"/alfa/casework/?month={MONTH}", f"/alfa/casework/loads/{MONTH}/"


@pytest.fixture
def worker(alfa: Tenant) -> Any:
    return signed_in_client(Role.SOCIAL_WORKER, alfa).user  # type: ignore[attr-defined]


def _typed(worker: Any, environments: object, blue: object = "", reason: str = "") -> dict[str, object]:
    return {
        f"environments_{worker.pk}": environments,
        f"blue_{worker.pk}": blue,
        f"reason_{worker.pk}": reason,
    }


def test_loads_are_kept_changed_and_taken_away(alfa: Tenant, worker: Any, sign_in: SignIn) -> None:
    client = sign_in(Role.COORDINATOR, alfa)
    assert client.post(FORM, _typed(worker, 20)).status_code == 302
    page = client.get(PAGE).content.decode()
    assert worker.full_name in page and "na granicy limitu" in page and "100,0" in page
    assert client.post(FORM, _typed(worker, 17, 1)).status_code == 302
    with tenant_scope(alfa):
        row = Caseload.objects.get()
        assert (row.environments, row.with_blue_card, row.limit) == (17, 1, 17)
        assert Entry.objects.filter(verb="keep_loads").count() == 2
    assert client.post(FORM, _typed(worker, "")).status_code == 302
    with tenant_scope(alfa):
        assert not Caseload.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ((21,), "reason"),
        ((18, 1), "reason"),
        ((3, 4), "blue"),
        ((-1,), "environments"),
        (("wiele",), "environments"),
    ],
)
def test_what_is_refused_says_where_and_saves_nothing(
    alfa: Tenant, worker: Any, sign_in: SignIn, typed: tuple[Any, ...], field: str
) -> None:
    answer = sign_in(Role.DIRECTOR, alfa).post(FORM, _typed(worker, *typed))
    assert answer.status_code == 422
    assert f'href="#id_{field}_{worker.pk}"' in answer.content.decode()
    with tenant_scope(alfa):
        assert not Caseload.objects.exists()


def test_above_the_limit_with_a_reason_it_is_kept_and_shown(
    alfa: Tenant, worker: Any, sign_in: SignIn
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    assert client.post(FORM, _typed(worker, 23, "", "Zastępstwo")).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "powyżej limitu" in page and "Zastępstwo" in page and "115,0" in page


def test_the_ratio_of_the_act_stands_apart_from_the_limit_of_the_standard(
    alfa: Tenant, worker: Any, sign_in: SignIn
) -> None:
    """14,000 inhabitants and 151 families ask for 7 and 4 workers, whatever the standard lets one worker have."""
    client = sign_in(Role.DIRECTOR, alfa)
    told = words(client.get(PAGE))
    assert "Jeden na 2 000 mieszkańców 7 (14 000)" in told
    assert "Jeden na 50 rodzin objętych pracą socjalną 3 (0)" in told, "never fewer than three"
    assert client.post(FORM, _typed(worker, 151, "", "Zastępstwo")).status_code == 302
    told = words(client.get(PAGE))
    ratio = told[told.index("Czego wymaga ustawa") :]
    assert "niezależny od limitu powyżej" in ratio and "art. 110 ust. 11 i 12" in ratio
    for figure in (
        "Pracownicy socjalni obecnie 1", "mieszkańców 7 (14 000)", "pracą socjalną 4 (151)", "Nie mniej niż 3"
    ):  # fmt: skip
        assert figure in ratio
    # The limit of the standard is no part of it, whatever it is.
    _own_limit(alfa, client, "caseload_environments", 160)
    assert words(client.get(PAGE)).endswith(ratio)
    _own_limit(alfa, client, "social_worker_families", 30)
    assert "Jeden na 30 rodzin objętych pracą socjalną 6 (151)" in words(client.get(PAGE))


def _own_limit(tenant: Tenant, client: Client, code: str, value: int) -> None:
    """The director enters a value on the page of the law; it acts from the next day on, which has come here."""
    sent = {
        "value": value,
        "valid_from": "01.01.2026",
        "valid_to": "",
        "article": "zarządzenie",
        "source": "2/2026",
    }
    assert client.post(f"/{tenant.slug}/law/{code}/enter/", sent).status_code == 302
    with tenant_scope(tenant):
        LegalLimit.objects.filter(code=code).update(acts_from=MONTH.first)


def test_a_unit_has_limits_of_its_own_from_their_day(
    alfa: Tenant, beta: Tenant, worker: Any, sign_in: SignIn
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    other, before = sign_in(Role.DIRECTOR, beta), MONTH.previous()
    for code, value in (("caseload_environments", 25), ("caseload_with_blue_card", 15)):
        _own_limit(alfa, client, code, value)
    said = "Limit ze standardu ośrodka: {} środowisk, a {}, gdy"
    assert said.format(25, 15) in words(client.get(PAGE))
    assert said.format(20, 17) in words(client.get(f"/alfa/casework/?month={before}"))
    signed_in_client(Role.SOCIAL_WORKER, beta)
    assert said.format(20, 17) in words(other.get(f"/beta/casework/?month={MONTH}"))
    # What was over the limit is within it, and the other way round.
    assert client.post(FORM, _typed(worker, 23)).status_code == 302
    told = words(client.get(PAGE))
    assert f"{worker.full_name} 23 0 25 92,0" in told and "w granicach limitu" in told
    assert client.post(FORM, _typed(worker, 16, 1)).status_code == 422
    assert client.post(FORM, _typed(worker, 15, 1)).status_code == 302
    assert "15 1 15 100,0" in words(client.get(PAGE))


def test_the_later_of_two_learns_of_the_earlier(alfa: Tenant, worker: Any, sign_in: SignIn) -> None:
    first, second = sign_in(Role.DIRECTOR, alfa), sign_in(Role.COORDINATOR, alfa)
    seen = first.get(FORM).context["form"].initial["seen"]
    assert first.post(FORM, _typed(worker, 5) | {"seen": seen}).status_code == 302
    assert second.post(FORM, _typed(worker, 6) | {"seen": seen}).status_code == 409
    with tenant_scope(alfa):
        assert Caseload.objects.get().environments == 5


def test_a_month_to_come_is_no_address(alfa: Tenant, sign_in: SignIn) -> None:
    later = Month.of(timezone.localdate()).next()
    client = sign_in(Role.DIRECTOR, alfa)
    assert client.get(f"/alfa/casework/loads/{later}/").status_code == 404
    assert client.get("/alfa/casework/?month=9999-12").status_code == 200
    # Whoever keeps loads otherwise than through the page is refused too.
    with tenant_scope(alfa), pytest.raises(DomainError) as refused:
        actions.keep_loads(later, [], actor=Actor.system("tests"))
    assert refused.value.code == "month_to_come"


def test_the_database_keeps_the_rules(in_alfa: Tenant, worker: Any) -> None:
    row = {"worker_id": worker.pk, "worker_name": "x", "month": MONTH.first, "limit": 20}
    for wrong in (
        {"environments": 21},
        {"environments": 1, "with_blue_card": 2},
        {"environments": 1, "month": MONTH.first + timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Caseload.objects.create(**{**row, **wrong})


def test_queries_do_not_grow_with_workers(alfa: Tenant, worker: Any, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    client.post(FORM, _typed(worker, 5))
    few = counted()
    for _number in range(4):
        signed_in_client(Role.SOCIAL_WORKER, alfa)
    assert counted() == few
