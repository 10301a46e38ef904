"""Roles and invitations that were changed a moment ago, or are there already: told, and nothing is done twice."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions as accounts_verbs
from accounts.models import User
from kernel.errors import DomainError
from tenants import actions
from tenants.actions import tenants as tenant_verbs
from tenants.models import Invitation, Membership, Tenant, Territory
from tenants.roles import Role
from tests.factories.people import UserFactory
from tests.meanwhile import meanwhile
from tests.tenants.test_invitation_pages import PASSWORD, SYSTEM, invite, open_link
from tests.tenants.test_people_pages import member, url

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Any]
ACCEPT = "invitation:accept"


def refused(answer: Any, says: str) -> None:
    """The page, with the sentence."""
    assert says in answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 422


def test_a_role_that_the_person_has_already(alfa: Tenant, sign_in: SignIn) -> None:
    director, worker = sign_in(Role.DIRECTOR, alfa), member(alfa, Role.SOCIAL_WORKER)
    given = {"full_name": "Ewa Nowa", "email": worker.user.email, "role": Role.SOCIAL_WORKER}
    refused(director.post(url("invite"), given), f"{worker.user.email} ma już tę rolę.")
    same = {"role": Role.SOCIAL_WORKER}
    refused(director.post(url("change_role", worker.pk), same), "Ta osoba ma już tę rolę. Wybierz inną.")
    assert not Invitation.objects.exists()
    assert Membership.objects.get(user=worker.user).ended_at is None


def test_a_role_that_has_just_ended(alfa: Tenant, sign_in: SignIn) -> None:
    director, worker = sign_in(Role.DIRECTOR, alfa), member(alfa, Role.SOCIAL_WORKER)
    earlier = timezone.now() - timedelta(hours=1)
    end = partial(Membership.objects.filter(pk=worker.pk).update, ended_at=earlier)
    with meanwhile(actions, "end_membership", end):
        refused(director.post(url("end", worker.pk)), "Ta osoba nie ma już tej roli.")
    worker.refresh_from_db()
    assert worker.ended_at == earlier


def test_a_link_is_not_sent_anew_for_what_was_withdrawn(alfa: Tenant, sign_in: SignIn) -> None:
    invitation, _link = invite(alfa)
    director = sign_in(Role.DIRECTOR, alfa)
    with meanwhile(
        actions, "resend_invitation", partial(actions.withdraw_invitation, invitation, actor=SYSTEM)
    ):
        answer = director.post(url("resend", invitation.pk), follow=True)
    assert "To zaproszenie wycofano. Poproś o nowe." in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.withdrawn_at and invitation.sent_at, "no new link waits to be sent"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, "To zaproszenie wygasło. Poproś o nowe."),
        ({"email": "inna@przyklad.test"}, "Zaproszenie jest dla inna@przyklad.test. Zaloguj się tym adresem"),
    ],
    ids=["ran out", "of another"],
)
def test_an_invitation_that_ends_while_it_is_read(alfa: Tenant, changed: dict[str, Any], says: str) -> None:
    invitation, link = invite(alfa)
    client, user = Client(), UserFactory(email=invitation.email)
    client.force_login(user)
    open_link(client, link)
    change = partial(Invitation.objects.filter(pk=invitation.pk).update, **changed)
    with meanwhile(actions, "accept_invitation", change):
        refused(client.post(reverse(ACCEPT)), says)
    assert not Membership.objects.filter(user=user).exists()


def test_an_account_that_is_opened_twice_at_once(alfa: Tenant) -> None:
    invitation, link = invite(alfa)
    client = Client()
    open_link(client, link)
    given = {"full_name": "Ewa Nowa", "password1": PASSWORD, "password2": PASSWORD}
    rival = partial(UserFactory, email=invitation.email)
    with meanwhile(accounts_verbs, "require_valid", rival, after=True):
        answer = client.post(reverse(ACCEPT), given)
    refused(answer, "W międzyczasie założono konto z tym adresem. Zaloguj się, aby przyjąć zaproszenie.")
    assert not User.objects.filter(email=invitation.email, full_name="Ewa Nowa").exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_an_address_that_another_tenant_got_at_this_moment(alfa: Tenant) -> None:
    given = {"name": "Gmina Nowa", "kind": Tenant.Kind.COMMUNE, "unit_name": "OPS", "unit_type": "OPS"}
    territory = Territory.objects.get(pk="3262011")
    create = partial(actions.create_tenant, slug="nowa", territory=territory, actor=SYSTEM, **given)
    with meanwhile(tenant_verbs, "_require_valid", create, after=True), pytest.raises(DomainError) as refusal:
        create()
    assert (refusal.value.code, refusal.value.field) == ("tenant_exists", "slug")
    assert not Tenant.objects.filter(slug="nowa").exists()


def test_a_tenant_is_suspended_with_a_reason_that_its_people_can_read(alfa: Tenant) -> None:
    with pytest.raises(CommandError, match="Powód ma 301 znaków; skróć go do 300"):
        call_command("suspend_tenant", "alfa", "x" * 301)
    alfa.refresh_from_db()
    assert alfa.is_active
