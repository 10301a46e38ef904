"""The operator invites regional analysts, sends links again, withdraws them and ends the role; all of it on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from kernel.access import Actor
from kernel.errors import DomainError, TenantScopeMissing
from tenants import actions, tasks
from tenants.models import Invitation, RegionMembership, Tenant, Territory
from tests.factories.people import UserFactory

SignIn = Callable[..., Any]
ADDRESS = "analityk@rops.test"
GIVEN = {"full_name": "Jan Dąb", "email": ADDRESS, "voivodeship": "32"}
PASSWORD = "zielona herbata o siódmej"
SYSTEM = Actor.system("test")

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"operator:{name}", args=args)


def sent_link() -> str:
    """The address in the newest mail, after the clock sent what waits."""
    invitation = Invitation.objects.get(email=ADDRESS)
    tasks.send_analyst_invitation(str(invitation.pk))
    link = next(word for word in str(mail.outbox[-1].body).split() if "/invitation/" in word)
    return "/" + link.split("/", 3)[3]


def verbs() -> list[str]:
    """What the platform's own record says was done, in order."""
    return list(Entry.objects.order_by("sequence").values_list("verb", flat=True))


def test_an_invited_analyst_opens_an_account_and_sees_the_region_only(alfa: Tenant, sign_in: SignIn) -> None:
    operator = sign_in("platform_operator")
    answer = operator.post(url("invite_analyst"), GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, url("analysts"))
    page = operator.get(url("analysts")).content.decode()
    assert ADDRESS in page
    assert "zachodniopomorskie" in page

    person = Client()
    offer = person.get(sent_link(), follow=True).content.decode()
    assert "zachodniopomorskie" in mail.outbox[-1].subject
    assert "nigdy danych osoby" in mail.outbox[-1].body
    assert "analityk województwa" in offer
    given = {"full_name": "Jan Dąb", "password1": PASSWORD, "password2": PASSWORD}
    entered = person.post(reverse("invitation:accept"), given)
    region = reverse("statistics:region", args=["32"])
    assert (entered.status_code, entered["Location"]) == (302, region)
    assert person.get(region).status_code == 200
    assert person.get(reverse("statistics:region", args=["12"])).status_code == 404
    assert person.get(reverse("today", args=["alfa"])).status_code == 404

    user = User.objects.get(email=ADDRESS)
    accepted = Entry.objects.get(verb="accept_invitation")
    assert (accepted.actor_id, accepted.subject_id) == (user.pk, str(user.pk))
    assert accepted.payload == {
        "invitation": str(Invitation.objects.get().pk),
        "role": "regional_analyst",
        "voivodeship": "32",
    }
    assert [verb for verb in verbs() if verb in {"invite_person", "accept_invitation"}] == [
        "invite_person",
        "accept_invitation",
    ]
    assert ADDRESS not in str(list(Entry.objects.values_list("payload", "actor_label")))


def test_who_has_an_account_accepts_with_it(alfa: Tenant) -> None:
    user = UserFactory(email=ADDRESS)
    actions.invite_analyst(Territory.objects.get(pk="12"), email=ADDRESS, full_name="Jan", actor=SYSTEM)
    link = sent_link()
    client = Client()
    client.force_login(user)
    client.get(link)
    entered = client.post(reverse("invitation:accept"))
    assert entered["Location"] == reverse("statistics:region", args=["12"])
    assert [row.voivodeship_id for row in RegionMembership.objects.filter(user=user)] == ["12"]


def test_a_role_ends_from_the_next_click(alfa: Tenant, sign_in: SignIn) -> None:
    analyst = sign_in("regional_analyst")
    operator = sign_in("platform_operator")
    membership = RegionMembership.objects.get(user=analyst.user)
    region = reverse("statistics:region", args=["32"])
    assert analyst.get(region).status_code == 200
    ask = operator.get(url("end_analyst", membership.pk)).content.decode()
    assert analyst.user.full_name in ask
    assert RegionMembership.objects.filter(pk=membership.pk).exists(), "asking ends nothing"
    assert operator.post(url("end_analyst", membership.pk))["Location"] == url("analysts")
    assert analyst.get(region).status_code == 404
    entry = Entry.objects.order_by("sequence").last()
    assert entry is not None
    assert (entry.verb, entry.subject_id, entry.payload) == (
        "dismiss_analyst",
        str(analyst.user.pk),
        {"voivodeship": "32"},
    )
    assert operator.post(url("end_analyst", membership.pk)).status_code == 404


def test_a_second_invitation_waits_for_the_first_to_run_out(alfa: Tenant, sign_in: SignIn) -> None:
    operator = sign_in("platform_operator")
    operator.post(url("invite_analyst"), GIVEN)
    again = operator.post(url("invite_analyst"), GIVEN)
    assert again.status_code == 422
    assert "ma już zaproszenie" in again.content.decode()
    other = operator.post(url("invite_analyst"), {**GIVEN, "voivodeship": "12"})
    assert other.status_code == 302, "the same person may look after two voivodeships"
    Invitation.objects.filter(voivodeship_id="32").update(expires_at=timezone.now() - timedelta(days=1))
    assert "wygasło" in operator.get(url("analysts")).content.decode()
    assert operator.post(url("invite_analyst"), GIVEN).status_code == 302
    assert Invitation.objects.filter(voivodeship_id="32").count() == 1


def test_who_is_an_analyst_already_is_not_invited(alfa: Tenant, sign_in: SignIn) -> None:
    analyst = sign_in("regional_analyst")
    answer = sign_in("platform_operator").post(
        url("invite_analyst"), {**GIVEN, "email": analyst.user.email.upper()}
    )
    assert answer.status_code == 422
    assert "ma już dostęp" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"voivodeship": ""}, "voivodeship"),
        ({"voivodeship": "99"}, "voivodeship"),
        ({"voivodeship": "3210"}, "voivodeship"),
        ({"email": "bez małpy"}, "email"),
        ({"full_name": " "}, "full_name"),
    ],
)
def test_wrong_input_is_refused_at_its_field(
    alfa: Tenant, sign_in: SignIn, changed: dict[str, str], said: str
) -> None:
    answer = sign_in("platform_operator").post(url("invite_analyst"), {**GIVEN, **changed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [said]
    assert not Invitation.objects.exists()


def test_links_are_sent_again_and_withdrawn(alfa: Tenant, sign_in: SignIn) -> None:
    operator = sign_in("platform_operator")
    operator.post(url("invite_analyst"), GIVEN)
    first = sent_link()
    invitation = Invitation.objects.get()
    operator.post(url("resend_analyst_invitation", invitation.pk))
    second = sent_link()
    assert first != second
    assert Client().get(first, follow=True).status_code == 404
    assert Client().get(second, follow=True).status_code == 200
    asked = operator.get(url("withdraw_analyst_invitation", invitation.pk)).content.decode()
    assert ADDRESS in asked
    operator.post(url("withdraw_analyst_invitation", invitation.pk))
    closed = Client().get(second, follow=True)
    assert closed.status_code == 410
    assert "Województwo zachodniopomorskie" in closed.content.decode()
    assert verbs()[-2:] == ["resend_invitation", "withdraw_invitation"]
    assert operator.post(url("resend_analyst_invitation", invitation.pk)).status_code == 404


def test_invitations_of_tenants_and_of_regions_keep_apart(alfa: Tenant, sign_in: SignIn) -> None:
    """A director's invitation is not to be found among analysts', and the tasks do not take each other's."""
    director = actions.invite_person(
        alfa, email="ewa@alfa.test", full_name="Ewa", role="director", actor=SYSTEM
    )
    operator = sign_in("platform_operator")
    assert operator.post(url("withdraw_analyst_invitation", director.pk)).status_code == 404
    tasks.send_analyst_invitation(str(director.pk))
    with pytest.raises(TenantScopeMissing):
        tasks.send_invitation(str(director.pk))
    assert mail.outbox == []


def test_the_clock_sends_and_erases_what_waits_in_no_tenant(alfa: Tenant, monkeypatch: Any) -> None:
    handed: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        tasks.send_analyst_invitation, "apply_async", lambda args, headers: handed.append((args, headers))
    )
    place = Territory.objects.get(pk="32")
    invitation = actions.invite_analyst(place, email=ADDRESS, full_name="Jan", actor=SYSTEM)
    Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert tasks.send_waiting_invitations() == 1
    assert handed == [([str(invitation.pk)], {"_schema_name": "public"})]
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    assert tasks.expire_invitations() == 1
    assert not Invitation.objects.exists()
    assert verbs()[-1] == "erase_invitations"
    assert tasks.expire_invitations() == 0


def test_the_list_sorts_and_filters(alfa: Tenant, sign_in: SignIn) -> None:
    for name, code in (("Łucja Żak", "32"), ("Lena Arci", "12"), ("Zofia Bąk", "12")):
        RegionMembership.objects.create(user=UserFactory(full_name=name), voivodeship_id=code)
    operator = sign_in("platform_operator")

    def shown(query: str) -> list[str]:
        return [row.user.full_name for row in operator.get(url("analysts") + query).context["page"]]

    assert shown("") == ["Lena Arci", "Zofia Bąk", "Łucja Żak"]
    assert shown("?sort=-name") == ["Zofia Bąk", "Łucja Żak", "Lena Arci"]
    assert shown("?voivodeship=32") == ["Łucja Żak"]
    assert shown("?text=lucja") == ["Łucja Żak"]
    assert shown("?voivodeship=99") == ["Lena Arci", "Zofia Bąk", "Łucja Żak"]


def test_an_analyst_who_is_none_any_more_cannot_be_dismissed(alfa: Tenant, sign_in: SignIn) -> None:
    membership = RegionMembership.objects.get(user=sign_in("regional_analyst").user)
    actions.dismiss_analyst(membership, actor=SYSTEM)
    with pytest.raises(DomainError, match="nie jest już analitykiem"):
        actions.dismiss_analyst(membership, actor=SYSTEM)
