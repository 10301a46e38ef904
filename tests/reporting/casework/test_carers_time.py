"""Time cards of carers and advisers: one's own only, sums within one organisation, the unit's apart."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from kernel.tenancy import tenant_scope
from reporting.casework.models import TimeEntry
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.people import partner

SignIn = Callable[..., Client]
TIME, SUMS = "/alfa/casework/time/", "/alfa/casework/time/sums/"


@pytest.mark.parametrize("role", [Role.WORKER, Role.NGO_COORDINATOR, Role.NGO_MANAGER])
def test_a_carer_keeps_her_own_card_and_the_way_leads_there(
    alfa: Tenant, sign_in: SignIn, role: Role
) -> None:
    organisation = partner(alfa, name="Fundacja Dom")
    client = sign_in(role, alfa, organisation)
    assert client.post(TIME, {"direct": "5:30", "travel": "45 min"}).status_code == 302
    page = client.get(TIME)
    assert page.context["total"] == 375 and f'href="{TIME}"' in page.content.decode()
    assert "/alfa/casework/programmes/" not in page.content.decode()
    with tenant_scope(alfa):
        assert set(TimeEntry.objects.values_list("organisation", "worker_id", "activity", "minutes")) == {
            (organisation.pk, client.user.pk, "direct", 330),  # type: ignore[attr-defined]
            (organisation.pk, client.user.pk, "travel", 45),  # type: ignore[attr-defined]
        }
        assert Entry.objects.get(verb="keep_time_card").payload["minutes"] == 375
    assert client.post(TIME, {"direct": "6 h"}).status_code == 302
    assert client.get(TIME).context["total"] == 360


def test_a_carer_sees_nobody_elses_time_and_nothing_else_of_the_unit(alfa: Tenant, sign_in: SignIn) -> None:
    organisation = partner(alfa, name="Fundacja Dom")
    one, other = sign_in(Role.WORKER, alfa, organisation), sign_in(Role.WORKER, alfa, organisation)
    one.post(TIME, {"direct": "4 h"})
    assert other.get(TIME).context["total"] == 0
    for address in (SUMS, "/alfa/casework/", "/alfa/casework/registers/trainings/"):
        assert other.get(address).status_code == 403
    with tenant_scope(alfa):
        yesterday = timezone.localdate() - timedelta(days=1)
        assert not TimeEntry.objects.filter(day=yesterday).exists()


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.INSPECTOR, Role.BENEFITS_WORKER])
def test_others_keep_no_card(alfa: Tenant, sign_in: SignIn, role: Role) -> None:
    assert sign_in(role, alfa).post(TIME, {"direct": "4 h"}).status_code == 403


def test_sums_stay_within_the_organisation_and_the_units_are_its_own(alfa: Tenant, sign_in: SignIn) -> None:
    home, meadow = partner(alfa, name="Fundacja Dom"), partner(alfa, name="Stowarzyszenie Łąka")
    for role, organisation, hours in (
        (Role.WORKER, home, "2 h"),
        (Role.WORKER, home, "3 h"),
        (Role.WORKER, meadow, "7 h"),
        (Role.SOCIAL_WORKER, None, "1 h"),
    ):
        assert sign_in(role, alfa, organisation).post(TIME, {"direct": hours}).status_code == 302
    for role, organisation, rows, total in (
        (Role.NGO_COORDINATOR, home, 2, 300),
        (Role.NGO_MANAGER, meadow, 1, 420),
        (Role.DIRECTOR, None, 1, 60),
    ):
        answer = sign_in(role, alfa, organisation).get(SUMS)
        assert (len(answer.context["rows"]), answer.context["total"]) == (rows, total)


def test_whoever_works_for_two_organisations_keeps_a_card_in_each(alfa: Tenant, sign_in: SignIn) -> None:
    home, meadow, other = (partner(alfa, name=name) for name in ("Dom", "Łąka", "Obca"))
    client = sign_in(Role.WORKER, alfa, home)
    Membership.objects.create(
        user=client.user,  # type: ignore[attr-defined]
        tenant=alfa,
        role=Role.WORKER,
        organisation=meadow,
    )
    there = f"{TIME}?day={timezone.localdate()}&organisation={meadow.pk}"
    assert client.post(TIME, {"direct": "2 h"}).status_code == 302
    sent = client.post(there, {"direct": "3 h"})
    assert (sent.status_code, sent.url) == (302, there)
    assert client.get(TIME).context["total"] == 120
    assert client.get(there).context["total"] == 180
    assert client.post(f"{TIME}?organisation={other.pk}", {"direct": "1 h"}).status_code == 404
    with tenant_scope(alfa):
        assert TimeEntry.objects.count() == 2


def test_a_day_has_24_hours_over_the_cards_of_all_organisations(alfa: Tenant, sign_in: SignIn) -> None:
    home, meadow = (partner(alfa, name=name) for name in ("Dom", "Łąka"))
    client = sign_in(Role.WORKER, alfa, home)
    user = client.user  # type: ignore[attr-defined]
    Membership.objects.create(user=user, tenant=alfa, role=Role.WORKER, organisation=meadow)
    there = f"{TIME}?day={timezone.localdate()}&organisation={meadow.pk}"
    assert client.post(f"{TIME}?organisation={home.pk}", {"direct": "20 h"}).status_code == 302
    refused = client.post(there, {"direct": "20 h"})
    assert refused.status_code == 422 and "Dom" not in str(refused.context["form"].errors)
    assert client.post(there, {"direct": "4 h"}).status_code == 302
    with tenant_scope(alfa):
        assert sorted(TimeEntry.objects.values_list("minutes", flat=True)) == [240, 1200]


def test_the_card_of_another_tenant_is_apart(alfa: Tenant, beta: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.WORKER, alfa, partner(alfa, name="Dom"))
    assert client.post("/beta/casework/time/", {"direct": "2 h"}).status_code == 404


def test_a_card_left_open_in_another_tab_overwrites_nothing_unseen(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.WORKER, alfa, partner(alfa, name="Fundacja Dom"))
    seen = client.get(TIME).context["form"]["seen"].value()
    assert seen and f'value="{seen}"' in client.get(TIME).content.decode()
    assert client.post(TIME, {"direct": "4 h", "seen": seen}).status_code == 302
    refused = client.post(TIME, {"direct": "1 h", "seen": seen})
    assert refused.status_code == 409 and client.get(TIME).context["total"] == 240
    again = refused.context["form"]["seen"].value()
    assert client.post(TIME, {"direct": "1 h", "seen": again}).status_code == 302
    assert client.get(TIME).context["total"] == 60
