"""Accepting an invitation: as a new person, with an account, with another account, too late."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from tenants import actions, tasks
from tenants.models import Invitation, Membership, Tenant
from tenants.roles import Role
from tests.factories.people import UserFactory, partner

SYSTEM = Actor.system("test")
PASSWORD = "zielona herbata o siódmej"
SignIn = Callable[..., Any]


def invite(tenant: Tenant, email: str = "nowa@przyklad.test", **fields: Any) -> tuple[Invitation, str]:
    """An invitation and the address in its mail, without the host."""
    given = {"full_name": "Ewa Nowa", "role": Role.SOCIAL_WORKER, **fields}
    invitation = actions.invite_person(tenant, email=email, **given, actor=SYSTEM)
    with tenant_scope(tenant):
        tasks.send_invitation(str(invitation.pk))
    link = next(word for word in str(mail.outbox[-1].body).split() if "/invitation/" in word)
    return invitation, "/" + link.split("/", 3)[3]


def open_link(client: Client, link: str) -> Any:
    answer = client.get(link)
    assert answer["Location"] == reverse("invitation:accept")
    return client.get(answer["Location"])


@pytest.mark.django_db
def test_a_new_person_opens_an_account_and_is_inside(alfa: Tenant) -> None:
    invitation, link = invite(alfa)
    client = Client()
    page = open_link(client, link).content.decode()
    assert alfa.unit_name in page
    assert "pracownik socjalny" in page
    given = {"full_name": "Ewa Nowa-Zięba", "password1": PASSWORD, "password2": PASSWORD}
    entered = client.post(reverse("invitation:accept"), given)
    assert (entered.status_code, entered["Location"]) == (302, reverse("today", args=["alfa"]))
    assert client.get(reverse("today", args=["alfa"])).status_code == 200
    user = User.objects.get(email="nowa@przyklad.test")
    assert user.full_name == "Ewa Nowa-Zięba"
    assert EmailAddress.objects.get(user=user).verified
    assert [row.role for row in Membership.objects.filter(user=user)] == [Role.SOCIAL_WORKER]
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    with tenant_scope(alfa):
        assert Entry.objects.get(verb="accept_invitation").actor_id == user.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password1": "krótkie", "password2": "krótkie"}, "password1"),
        ({"password1": "nowa@przyklad.test", "password2": "nowa@przyklad.test"}, "password1"),
        ({"password1": PASSWORD, "password2": "inne hasło dłuższe"}, "password2"),
        ({"full_name": ""}, "full_name"),
    ],
)
def test_a_weak_or_mistyped_password_opens_nothing(alfa: Tenant, given: dict[str, str], field: str) -> None:
    _, link = invite(alfa)
    client = Client()
    open_link(client, link)
    whole = {"full_name": "Ewa Nowa", "password1": PASSWORD, "password2": PASSWORD, **given}
    answer = client.post(reverse("invitation:accept"), whole)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert not Membership.objects.exists()


@pytest.mark.django_db
def test_the_token_leaves_the_address_at_once(alfa: Tenant) -> None:
    _, link = invite(alfa)
    client = Client()
    page = open_link(client, link)
    assert link.split("/")[2] not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.django_db
def test_whoever_has_an_account_signs_in_and_comes_back_to_accept(alfa: Tenant) -> None:
    user = UserFactory(email="jest@przyklad.test")
    user.set_password(PASSWORD)
    user.save()
    _, link = invite(alfa, "jest@przyklad.test")
    client = Client()
    page = open_link(client, link)
    assert "password1" not in page.content.decode()
    sign_in = page.context["sign_in_url"]
    answer = client.post(sign_in, {"login": "jest@przyklad.test", "password": PASSWORD})
    assert answer["Location"] == reverse("invitation:accept")
    assert "Przyjmij i wejdź" in client.get(answer["Location"]).content.decode()
    assert not Membership.objects.exists()
    entered = client.post(reverse("invitation:accept"))
    assert entered["Location"] == reverse("today", args=["alfa"])
    assert Membership.objects.get().user == user


@pytest.mark.django_db
def test_another_account_cannot_take_the_invitation(alfa: Tenant, sign_in: SignIn) -> None:
    invitation, link = invite(alfa)
    client = sign_in(None)
    page = open_link(client, link)
    assert client.user.email in page.content.decode()
    assert client.post(reverse("invitation:accept")).status_code == 200
    assert not Membership.objects.exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, 410, "Działało do"),
        ({"withdrawn_at": timezone.now()}, 410, "wycofano"),
        ({"accepted_at": timezone.now()}, 410, "już przyjęte"),
        ({"token_hash": "0" * 64}, 404, "niepełny"),
    ],
)
def test_an_invitation_that_cannot_be_used_says_why(
    alfa: Tenant, change: dict[str, Any], status: int, words: str
) -> None:
    invitation, link = invite(alfa)
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    client = Client()
    page = open_link(client, link)
    assert page.status_code == status
    assert words in page.content.decode()
    given = {"full_name": "Ewa", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("invitation:accept"), given).status_code == status
    assert not User.objects.exists()


@pytest.mark.django_db
def test_without_a_link_there_is_nothing_to_accept(db: None) -> None:
    assert Client().get(reverse("invitation:accept")).status_code == 404


@pytest.mark.django_db
def test_an_invitation_of_a_former_partner_is_refused_with_the_reason(alfa: Tenant) -> None:
    organisation = partner(alfa, name="Fundacja Dawna")
    _, link = invite(alfa, role=Role.WORKER, organisation=organisation)
    yesterday = timezone.localdate() - timedelta(days=1)
    alfa.partnerships.update(since=yesterday, until=yesterday)
    client = Client()
    open_link(client, link)
    given = {"full_name": "Ewa", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("invitation:accept"), given)
    assert answer.status_code == 422
    assert "Fundacja Dawna" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_a_new_person_whose_role_shows_persons_is_led_to_the_second_factor_first(alfa: Tenant) -> None:
    _, link = invite(alfa)
    client = Client()
    open_link(client, link)
    client.post(
        reverse("invitation:accept"), {"full_name": "Ewa", "password1": PASSWORD, "password2": PASSWORD}
    )
    answer = client.get(reverse("today", args=["alfa"]))
    assert answer["Location"] == reverse("mfa_index")


@pytest.mark.django_db
def test_the_mail_speaks_the_language_of_its_reader_and_names_unit_role_and_end(alfa: Tenant) -> None:
    UserFactory(email="english@przyklad.test", language="en")
    invite(alfa, "english@przyklad.test")
    invite(alfa, "polska@przyklad.test")
    english, polish = mail.outbox
    assert english.subject == "Siedem: invitation to Gmina Alfa"
    assert "social worker" in english.body
    assert polish.subject == "Siedem: zaproszenie, Gmina Alfa"
    assert all(words in polish.body for words in ("pracownik socjalny", alfa.unit_name, "http"))
