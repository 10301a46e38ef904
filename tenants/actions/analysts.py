"""Verbs on regional analysts: people who see sums of the tenants of a voivodeship, never a person."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import create_user
from accounts.models import User
from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import public_scope
from tenants.models import RegionMembership, Territory


def name_analyst(*, email: str, full_name: str, voivodeship: str, actor: Actor) -> RegionMembership:
    """Make a person an analyst of the voivodeship (two digits of TERC); who has no account gets one without a password.

    Raises DomainError `unknown_voivodeship`, `name_missing` for a new account without a name, or `invalid`.
    """
    with public_scope(), transaction.atomic():
        place = Territory.objects.filter(pk=voivodeship, level=Territory.Level.VOIVODESHIP).first()
        if place is None:
            raise DomainError(
                "unknown_voivodeship",
                _("There is no voivodeship with this code. Give the two digits of TERC, such as 32."),
                field="voivodeship",
                value=voivodeship,
            )
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            if not full_name.strip():
                raise DomainError(
                    "name_missing",
                    _("Nobody has an account with this address: give the name too."),
                    field="name",
                )
            user = create_user(email=email, full_name=full_name, password=None, actor=actor)
        membership, made = RegionMembership.objects.get_or_create(user=user, voivodeship=place)
        if made:
            record(
                "name_analyst",
                actor=actor,
                subject_type="user",
                subject_id=user.pk,
                payload={"voivodeship": voivodeship},
            )
    return membership


def find_analyst(*, email: str, voivodeship: str) -> RegionMembership | None:
    """The person of this address as an analyst of the voivodeship, or None where they are none."""
    return RegionMembership.objects.filter(
        user__email__iexact=email.strip(), voivodeship_id=voivodeship
    ).first()


def dismiss_analyst(membership: RegionMembership, *, actor: Actor) -> None:
    """End somebody's being an analyst of the voivodeship, from their next click. Raises DomainError `no_analyst`."""
    with public_scope(), transaction.atomic():
        found = RegionMembership.objects.select_for_update().filter(pk=membership.pk).first()
        if found is None:
            raise DomainError("no_analyst", _("This person is no analyst of this voivodeship any more."))
        found.delete()
        record(
            "dismiss_analyst",
            actor=actor,
            subject_type="user",
            subject_id=membership.user_id,
            payload={"voivodeship": membership.voivodeship_id},
        )
