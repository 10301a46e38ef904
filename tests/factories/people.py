"""People, organisations and their roles."""

import time
from types import SimpleNamespace
from typing import Any

import factory
from allauth.account.internal.flows.login import record_authentication
from django.test import Client

from accounts.models import User
from kernel.tenancy import public_scope
from tenants.models import Membership, Organisation, Partnership, RegionMembership, Tenant


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"osoba{n}@przyklad.test")
    full_name = factory.Sequence(lambda n: f"Anna Próbna-{n}")


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Stowarzyszenie Próba {n}")


def partner(tenant: Tenant, **fields: Any) -> Organisation:
    """An organisation in partnership with the tenant."""
    organisation = OrganisationFactory(**fields)
    Partnership.objects.create(tenant=tenant, organisation=organisation)
    return organisation


def signed_in_client(
    role: str | None,
    tenant: Tenant | None = None,
    organisation: Organisation | None = None,
    *,
    voivodeship: str = "32",
) -> Client:
    """A client of a new person with the role; see tests.conftest.sign_in."""
    with public_scope():
        user = UserFactory(is_operator=role == "platform_operator")
        if role == "regional_analyst":
            RegionMembership.objects.create(user=user, voivodeship_id=voivodeship)
        elif role and role != "platform_operator":
            Membership.objects.create(user=user, tenant=tenant, role=role, organisation=organisation)
        client = client_of(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def client_of(user: User) -> Client:
    """A client signed in as the person, who counts as just signed in for as long as any test lasts."""
    client = Client()
    client.force_login(user)
    session = client.session
    record_authentication(SimpleNamespace(session=session), user, "password", at=time.time() + 86_400)
    session.save()
    return client
