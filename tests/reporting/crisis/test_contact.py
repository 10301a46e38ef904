"""The day of a first contact: bounded when it is entered, put right with a reason afterwards."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from kernel.periods import WARSAW, local_date
from reporting.crisis.models import CrisisCase, Debriefing
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.reporting.crisis.centre import a_case, entry, sessions
from ui.formatting import format_instant_text


def _post(client: Any, case: CrisisCase, day: date, **fields: Any) -> Any:
    data = {"day": f"{day:%d.%m.%Y}", "time": "10:00", "reason": "typing", **fields}
    return client.post(f"/alfa/crisis/{case.pk}/contact/", data)


def test_a_case_of_1990_is_refused_by_the_page_and_by_the_database(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    for year, sentence in ((1990, "zbyt dawno"), (timezone.localdate().year - 4, "zbyt dawno")):
        typed = {"day": f"01.03.{year}", "time": "08:00", "contact": "phone", "identity": "anonymous"}
        answer = client.post("/alfa/crisis/new/", typed)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not CrisisCase.objects.exists()
    case = a_case(client)
    with pytest.raises(IntegrityError), transaction.atomic():
        CrisisCase.objects.filter(pk=case.pk).update(opened_at=datetime(2004, 4, 30, tzinfo=WARSAW))


def test_a_first_contact_is_corrected_with_all_that_counts_from_it(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    case = a_case(client, contact="field", entries=[entry()])
    day = local_date(case.opened_at) + timedelta(days=10)
    page = client.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert f"/alfa/crisis/{case.pk}/contact/" in page
    assert client.get(f"/alfa/crisis/{case.pk}/contact/").status_code == 200
    number, before = case.number, case.opened_at
    assert _post(client, case, day, reason="melted").status_code == 422
    assert _post(client, case, day).status_code == 302
    case.refresh_from_db()
    assert (case.number, local_date(case.opened_at)) == (number, day)
    assert [case.team.get().since, case.entries.get().since] == [day, day]
    assert Debriefing.objects.get().intervention_on == day
    line = Entry.objects.latest("sequence")
    assert (line.verb, line.payload["reason"]) == ("correct_crisis_contact", "typing")
    assert line.payload["before"][:10] == before.date().isoformat()
    page = client.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert "Pierwszy kontakt poprawiono" in page
    assert f"{line.actor_label}: błąd przy wpisywaniu" in page
    assert f"przedtem: {format_instant_text(before)}" in page
    assert _post(client, case, day).status_code == 422


def test_a_first_contact_is_not_moved_behind_what_followed_nor_out_of_the_contract(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    case = a_case(client)
    sessions(case, client, 1)
    held = local_date(case.sessions.get().starts_at)
    for wrong in (held + timedelta(days=1), timezone.localdate() + timedelta(days=1), date(1990, 1, 1)):
        assert _post(client, case, wrong).status_code == 422
    CrisisCase.objects.filter(pk=case.pk).update(
        state="closed", closed_on=timezone.localdate(), outcome="other"
    )
    assert _post(client, case, held).status_code == 302
    contract = ContractFactory(valid_from=held, valid_to=timezone.localdate())
    CrisisCase.objects.filter(pk=case.pk).update(contract=contract, organisation=contract.organisation)
    assert "nie obowiązuje" in _post(client, case, held - timedelta(days=5)).content.decode()


def test_who_does_not_work_on_the_case_corrects_nothing(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    case = a_case(sign_in(Role.SOCIAL_WORKER, in_alfa))
    other = sign_in(Role.COORDINATOR, in_alfa)
    assert _post(other, case, local_date(case.opened_at) - timedelta(days=1)).status_code == 302
    assert CrisisCase.objects.get().opened_at == case.opened_at
