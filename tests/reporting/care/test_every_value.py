"""Every way to say an amount and every reason of a suspension, through the pages of a decision."""

import re
from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Suspension
from tests.factories.care import DecisionFactory
from tests.reporting.care.care_forms import decision_form, plan_row
from tests.values_on_pages import LANGUAGES, assert_offered, assert_shown, times_said

# What the form asks and what the page of the decision says of each way; a new one fails until it stands here.
AMOUNTS: dict[str, dict[str, tuple[str, str]]] = {
    "month": {
        "pl": ("tyle w miesiącu", "20 godzin miesięcznie"),
        "en": ("so much a month", "20 hours a month"),
    },
    "week": {
        "pl": ("tyle w tygodniu", "20 godzin tygodniowo"),
        "en": ("so much a week", "20 hours a week"),
    },
    "plan": {
        "pl": ("dokładnie tyle, ile w harmonogramie poniżej", "według harmonogramu: 4 godziny tygodniowo"),
        "en": ("exactly the plan of visits below", "as the plan of visits: 4 hours a week"),
    },
}


@pytest.mark.parametrize("per", list(Decision.AmountPer), ids=str)
def test_every_way_to_say_an_amount(care: Any, sign_in: Any, per: Decision.AmountPer) -> None:
    director, new = sign_in("director", care.tenant), f"/alfa/care/persons/{care.person.pk}/decisions/new/"
    minutes = "" if per == Decision.AmountPer.PLAN else "20 h"
    typed = decision_form(care.contract, care.activities, amount_per=per.value, minutes=minutes)
    pages = {}
    for language in LANGUAGES:
        director.cookies["django_language"] = language
        pages[language] = director.get(new).content.decode().replace("\u00a0", " ")
    answer = director.post(new, typed | plan_row(0, [1, 3], "08:00", "2"))
    assert answer.status_code == 302
    with tenant_scope(care.tenant):
        assert Decision.objects.get().amount_per == per
    for language, (asked, said) in AMOUNTS[per].items():
        assert re.search(rf'value="{per}"[^>]*>[^<]*(?:<[^>]+>\s*)*{asked}', pages[language]), language
        director.cookies["django_language"] = language
        assert said in director.get(answer.url).content.decode().replace("\u00a0", " "), language


@pytest.mark.parametrize("reason", list(Suspension.Reason), ids=str)
def test_every_reason_of_a_suspension(care: Any, sign_in: Any, reason: Suspension.Reason) -> None:
    with tenant_scope(care.tenant):
        decision = DecisionFactory(contract=care.contract, person=care.person)
    client, page = sign_in("social_worker", care.tenant), f"/alfa/care/decisions/{decision.pk}/"
    assert_offered(client, f"{page}suspensions/new/", reason)
    before = times_said(client, page, reason)
    typed = {"first_day": "10.03.2026", "last_day": "20.03.2026", "reason": reason.value}
    assert client.post(f"{page}suspensions/new/", typed).status_code == 302
    with tenant_scope(care.tenant):
        assert Suspension.objects.get().reason == reason
    assert_shown(client, page, reason, before=before)
