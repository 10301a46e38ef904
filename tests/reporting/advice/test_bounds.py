"""Days and lengths that no advice has: refused alike on pages, on cards, in files and by the database."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.advice.actions.recording import record_advice_rows
from reporting.advice.models import Appointment, Request
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead, typed

CARD = {"depth": "general", "topic_words": "długi"}


@pytest.mark.parametrize(
    ("day", "minutes", "sentence"),
    [
        (date(2020, 5, 4), "60", "04.05.2020 to zbyt dawno"),
        (date(2126, 5, 4), "60", "04.05.2126 to zbyt odległy dzień"),
        (None, "481", "Porada może trwać najwyżej 8"),
        (None, "1000", "od 1 do 720"),
    ],
)
def test_no_appointment_is_booked_far_from_today_or_for_half_a_day(
    advice: AdviceWorld, day: date | None, minutes: str, sentence: str
) -> None:
    form = typed(ahead(2), advice, minutes=minutes)
    if day is not None:
        form["day"] = f"{day:%d.%m.%Y}"
    answer = advice.client(Role.COORDINATOR).post(advice.url("book/"), form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()


def test_an_appointment_is_not_moved_out_of_the_bounds_nor_its_card_filled_beyond_them(
    advice: AdviceWorld,
) -> None:
    booked, held = advice.book(), advice.past()
    client = advice.client(Role.COORDINATOR)
    far = typed(ahead(400), advice)
    assert client.post(advice.url(f"{booked.pk}/time/"), far).status_code == 422
    keeper = advice.client(Role.WORKER)
    assert keeper.post(advice.url(f"{held.pk}/card/"), {**CARD, "minutes": "481"}).status_code == 422
    assert keeper.post(advice.url(f"{held.pk}/card/"), {**CARD, "minutes": "480"}).status_code == 302
    assert advice.now(held).minutes == 480


def test_an_appointment_lies_within_its_contract(advice: AdviceWorld) -> None:
    today = timezone.localdate()
    with tenant_scope(advice.tenant):
        contract = ContractFactory(
            organisation=advice.organisation,
            valid_from=today - timedelta(days=30),
            valid_to=today + timedelta(days=1),
        )
    with pytest.raises(DomainError) as refused:
        advice.book(ahead(2), contract=contract)
    assert (refused.value.code, refused.value.field) == ("outside_contract", "day")
    assert advice.book(ahead(1), contract=contract).contract_id == contract.pk


def test_rows_of_files_and_other_systems_keep_the_same_bounds(advice: AdviceWorld) -> None:
    row: dict[str, Any] = {
        "time": time(10),
        "adviser": "A01",
        "type": "legal",
        "minutes": 60,
        "place": "office",
    }
    near = timezone.localdate() - timedelta(days=1)
    rows = [
        {**row, "date": date(2020, 5, 4)},
        {**row, "date": date(2099, 5, 4), "status": "cancelled"},
        {**row, "date": near, "minutes": 481},
    ]
    with tenant_scope(advice.tenant):
        told = record_advice_rows(rows, organisation_ids=None, actor=ACTOR)
        assert [(each.row_number, each.column, each.code) for each in told.refusals] == [
            (2, "date", "too_early"),
            (3, "date", "too_far"),
            (4, "minutes", "too_long"),
        ]
        assert record_advice_rows([{**row, "date": near}], organisation_ids=None, actor=ACTOR).added == 1


def test_the_database_holds_the_widest_bounds(advice: AdviceWorld) -> None:
    booked = advice.book()
    wrong = (
        {"starts_at": ahead(-36500), "ends_at": ahead(-36500, 11)},
        {"starts_at": ahead(3650), "ends_at": ahead(3650, 11)},
        {"ends_at": booked.starts_at + timedelta(minutes=721)},
    )
    with tenant_scope(advice.tenant):
        for fields in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                Appointment.objects.filter(pk=booked.pk).update(**fields)


def test_nobody_asked_for_advice_twenty_years_ago(advice: AdviceWorld) -> None:
    client = advice.client(Role.COORDINATOR)
    asked = {"kind": "legal", "alias": "K-1", "requested_on": "04.05.2006"}
    assert client.post(advice.url("requests/new/"), asked).status_code == 422
    with tenant_scope(advice.tenant):
        assert not Request.objects.exists()
