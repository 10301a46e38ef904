"""Who is helped anonymously may be anybody who is known: nobody passes for a group by coming twice without a name."""

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from kernel.periods import WARSAW
from kernel.tenancy import tenant_scope
from reporting.crisis.models import CrisisCase
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.dictionary import dictionary
from tenants.models import Tenant
from tests.factories.care import PersonFactory
from tests.factories.facts import batch_of, fact_of, small_tenant
from tests.reporting.statistics.desk_world import ACTOR, THIRD_QUARTER
from tests.reporting.statistics.reader import findings_of_everything

pytestmark = pytest.mark.django_db
# What is counted of people of whom the platform need not know who they are.
OF_ANYBODY = {
    "advice", "advice_depth", "advice_no_show", "advice_waiting",
    "crisis_cases", "crisis_sessions", "crisis_no_show", "referrals_refused",
}  # fmt: skip


@pytest.mark.parametrize(("registered", "others", "is_shown"), [(0, 12, False), (9, 3, False), (10, 2, True)])
@pytest.mark.parametrize("identity", ["anonymous", "alias"])
def test_ten_cases_are_shown_where_ten_persons_are_surely_behind_them(
    alfa: Tenant,
    sign_in: Callable[..., Client],
    registered: int,
    others: int,
    identity: str,
    is_shown: bool,
) -> None:
    with tenant_scope(alfa):
        for number in range(registered + others):
            person = PersonFactory() if number < registered else None
            CrisisCase.objects.create(
                number=f"IK/{number}",
                opened_at=datetime(2026, 7, 1, 10, tzinfo=WARSAW),
                contact="phone",
                identity="person" if person else identity,
                person=person,
                alias_encrypted=None if person or identity == "anonymous" else b"x",
            )
        push_quarter(Quarter.of(THIRD_QUARTER), actor=ACTOR)
    for number, cases in enumerate((40, 30), start=7):
        batch = batch_of(small_tenant(number, f"32100{number}2"), THIRD_QUARTER, "quarter")
        fact_of(batch, "crisis_cases", cases, persons=cases)
    publish("quarter", THIRD_QUARTER, actor=ACTOR)
    analyst = sign_in("regional_analyst", voivodeship="32")
    place = reverse("statistics:place", args=["32", alfa.pk])
    page = " ".join(analyst.get(place, {"kind": "quarter"}).content.decode().split())
    assert "Nowe sprawy interwencji kryzysowej" in page
    assert ("mniej niż 10 osób" not in page) == is_shown
    assert findings_of_everything() == []


def test_the_dictionary_says_it_in_both_languages(client: Client) -> None:
    for language, word in (("pl", "stoi za nimi jedna osoba"), ("en", "one person is taken to stand behind")):
        client.cookies["django_language"] = language
        page = unescape(client.get(reverse("statistics:indicators")).content.decode())
        for one in dictionary().indicators:
            assert (word in one.words[language].note) == (one.code in OF_ANYBODY), one.code
            assert one.words[language].note.split(":")[0] in page
