"""Two people, or two processes, at once: with real threads, real processes and committed rows."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import forget_people
from accounts.models import User
from audit.models import Entry
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants import actions, provisioning
from tenants.models import (
    Invitation,
    Membership,
    Organisation,
    Partnership,
    RegionMembership,
    SchemaScript,
    Tenant,
    Territory,
)
from tenants.roles import Role
from tenants.rules.invitations import hash_of
from tests.copies import address_of_database
from tests.factories.people import OrganisationFactory, UserFactory
from tests.racing import PATIENCE, committing, results_at_once, until_somebody_waits

db = committing

SYSTEM = Actor.system("race")


def create(slug: str) -> Tenant:
    return actions.create_tenant(
        slug=slug,
        name=f"Gmina {slug}",
        kind=Tenant.Kind.COMMUNE,
        territory=Territory.objects.get(pk="3262011"),
        unit_name="OPS",
        unit_type="OPS",
        actor=SYSTEM,
    )


@pytest.fixture
def committed(db: None) -> Iterator[None]:
    """Rows that other connections see; what the test made is removed afterwards, its schemas too."""
    tenants = set(Tenant.objects.values_list("pk", flat=True))
    users = set(User.objects.values_list("pk", flat=True))
    organisations = set(Organisation.objects.values_list("pk", flat=True))
    last = Entry.objects.count()
    yield
    made = Tenant.objects.exclude(pk__in=tenants)
    for schema in list(made.values_list("schema_name", flat=True)):
        provisioning.drop_schema(schema)
    with transaction.atomic():
        Membership.objects.filter(tenant__in=made).delete()
        Invitation.objects.filter(tenant__in=made).delete()
        made.delete()
        User.objects.exclude(pk__in=users).delete()
        Organisation.objects.exclude(pk__in=organisations).delete()
        Entry.objects.filter(sequence__gt=last).delete()
    connection.close()


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Start the verbs together, in no tenant; what each returned, or the DomainError that refused it."""
    return results_at_once(None, *verbs)


def codes(results: list[Any]) -> list[str]:
    return [result.code for result in results if isinstance(result, DomainError)]


@pytest.mark.usefixtures("committed")
def test_two_directors_who_end_each_other_at_once_leave_one() -> None:
    tenant = create("wyscig")
    first, second = (
        Membership.objects.create(user=UserFactory(), tenant=tenant, role=Role.DIRECTOR) for _ in range(2)
    )
    results = at_once(
        lambda: actions.end_membership(first, actor=SYSTEM),
        lambda: actions.end_membership(second, actor=SYSTEM),
    )
    assert codes(results) == ["last_director"]
    assert Membership.objects.current().filter(tenant=tenant, role=Role.DIRECTOR).count() == 1


@pytest.mark.usefixtures("committed")
def test_the_same_address_asked_for_twice_at_once_makes_one_tenant_and_one_schema() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%%'")
        before = cursor.fetchone()[0]
    results = at_once(lambda: create("wyscig"), lambda: create("wyscig"))
    assert codes(results) in (["tenant_exists"], ["invalid_tenant"])
    assert Tenant.objects.filter(slug="wyscig").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%%'")
        assert cursor.fetchone()[0] == before + 1


@pytest.mark.usefixtures("committed")
def test_one_invitation_accepted_twice_at_once_makes_one_member() -> None:
    tenant = create("wyscig")
    invitation = actions.invite_person(
        tenant, email="raz@przyklad.test", full_name="Raz", role=Role.INSPECTOR, actor=SYSTEM
    )
    user = UserFactory(email="raz@przyklad.test")
    results = at_once(
        *[lambda: actions.accept_invitation(invitation, user=user, actor=Actor(user.pk, "Raz"))] * 2
    )
    assert codes(results) == ["invitation_accepted"]
    assert Membership.objects.filter(user=user).count() == 1
    with tenant_scope(tenant):
        assert Entry.objects.filter(verb="accept_invitation").count() == 1


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("place", ["tenant", "voivodeship"])
def test_an_account_that_is_forgotten_meanwhile_is_not_let_in(place: str) -> None:
    given: dict[str, Any] = {"email": "byly@przyklad.test", "full_name": "Były", "actor": SYSTEM}
    if place == "tenant":
        invitation = actions.invite_person(create("wyscig"), role=Role.INSPECTOR, **given)
    else:
        invitation = actions.invite_analyst(Territory.objects.get(pk="32"), **given)
    user = UserFactory(email="byly@przyklad.test")
    held = threading.Event()

    def forget() -> None:
        with transaction.atomic():
            forget_people([user])
            held.set()
            until_somebody_waits()

    def accept() -> None:
        assert held.wait(PATIENCE)
        actions.accept_invitation(invitation, user=user, actor=Actor(user.pk, "Były"))

    try:
        assert codes(at_once(forget, accept)) == ["account_closed"]
        assert not Membership.objects.filter(user=user).exists()
        assert not RegionMembership.objects.filter(user=user).exists()
    finally:
        Invitation.objects.filter(pk=invitation.pk).delete()


@pytest.mark.usefixtures("committed")
def test_the_same_organisation_added_twice_at_once_is_one_partner() -> None:
    tenant, organisation = create("wyscig"), OrganisationFactory()
    results = at_once(*[lambda: actions.add_partner(tenant, organisation, actor=SYSTEM)] * 2)
    assert codes(results) == ["partner_already"]
    assert tenant.partnerships.count() == 1


@pytest.mark.usefixtures("committed")
def test_two_processes_that_capture_at_once_agree_and_leave_no_scratch_schema() -> None:
    kept = provisioning.statements()
    SchemaScript.objects.all().delete()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": address_of_database(),
        "PYTHONPATH": f"{settings.ROOT}{os.pathsep}{settings.ROOT / 'platform'}",
    }
    code = "import django; django.setup(); from tenants import provisioning; print(len(provisioning.statements()))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=90) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    assert [int(out) for out, _ in told] == [len(kept), len(kept)]
    # The lines that note migrations as applied carry the time of the capture.
    captured = [
        [line for line in script.statements if "INSERT" not in line] for script in SchemaScript.objects.all()
    ]
    assert captured == [[line for line in kept if "INSERT" not in line]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%%scratch%%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.usefixtures("committed")
def test_two_invitations_accepted_at_once_leave_a_person_on_one_side() -> None:
    """The refusal reads what the other transaction has not committed yet: without the tenant's lock both would hold."""
    tenant, organisation = create("dwiestrony"), OrganisationFactory()
    Partnership.objects.create(tenant=tenant, organisation=organisation)
    user = UserFactory()
    sides = ((Role.COORDINATOR, None), (Role.NGO_COORDINATOR, organisation))
    invitations = [
        Invitation.objects.create(
            email=user.email,
            full_name=user.full_name,
            tenant=tenant,
            role=role,
            organisation=owner,
            token_hash=hash_of(f"{role}-{tenant.pk}"),
            expires_at=timezone.now() + timedelta(days=1),
        )
        for role, owner in sides
    ]
    results = at_once(
        *(
            lambda one=one: actions.accept_invitation(one, user=user, actor=Actor(user.pk, "osoba"))
            for one in invitations
        )
    )
    assert len(codes(results)) == 1
    assert Membership.objects.current().filter(user=user, tenant=tenant).count() == 1
    Partnership.objects.filter(tenant=tenant).delete()
