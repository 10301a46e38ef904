"""Permission names of advice, and who may write and read whose note."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.permissions import ALLOWED, Verdict, denied, known, register
from kernel.tenancy import require_tenant
from reporting.advice.models import Appointment, Note, NoteDeputy
from tenants.models import Membership
from tenants.roles import Role

_UNIT = {Role.COORDINATOR, Role.SOCIAL_WORKER}
_ORGANISATION = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}

READ_ADVICE = register(
    "advice.read",
    roles={Role.DIRECTOR, Role.INSPECTOR, Role.WORKER} | _UNIT | _ORGANISATION,
    personal_data=True,
)
BOOK = register("advice.book", roles=_UNIT | _ORGANISATION, personal_data=True)
# The queue belongs to the unit: it holds persons whom no organisation knows yet.
READ_REQUESTS = register("advice.read_requests", roles=_UNIT, personal_data=True)
# Those that the person sees: an adviser without another role only their own.
KEEP_CARDS = register("advice.keep_cards", roles={Role.WORKER} | _UNIT | _ORGANISATION, personal_data=True)
MANAGE_SLOTS = register("advice.manage_slots", roles={Role.COORDINATOR} | _ORGANISATION)
IMPORT = register("advice.import", roles={Role.COORDINATOR} | _ORGANISATION, personal_data=True)
READ_FIGURES = register(
    "advice.read_figures",
    roles={Role.DIRECTOR, Role.INSPECTOR} | _UNIT | _ORGANISATION,
)
SETTLE_TERMS = register("advice.settle_terms", roles={Role.DIRECTOR, Role.COORDINATOR})


def may_write_note(access: Access, appointment: Appointment) -> Verdict:
    """Whether the person may write the confidential note: the adviser of this appointment, nobody else."""
    if access.actor.user_id is None or appointment.adviser.user_id != access.actor.user_id:
        return denied(
            _("The note is written by the adviser of the appointment, with an account of their own.")
        )
    return ALLOWED


def card_readers() -> Any:
    """Memberships of this tenant in force now whose people may read cards, of accounts that are open."""
    return Membership.objects.in_force().filter(
        tenant_id=require_tenant().pk, role__in=known()[READ_ADVICE], user__is_active=True
    )


def beside(organisation_ids: Iterable[UUID | None]) -> Q:
    """The condition of memberships on one of these sides; None is the unit's own."""
    sides = set(organisation_ids)
    same = Q(organisation_id__in=sides - {None})
    return same | Q(organisation_id__isnull=True) if None in sides else same


def readable_notes(user_id: UUID | None, day: date) -> Any:
    """Notes (a QuerySet) that the person may read on the day: their own, and those of authors whose deputy they are.

    A deputy is one as long as the author could name them anew: both read cards here now, on the same side, the unit's
    or one organisation's. Whoever has left, moved to another organisation or lost the role reads nothing any more,
    whatever days the author once wrote.
    """
    if user_id is None:
        return Note.objects.none()
    named = NoteDeputy.objects.order_by().filter(deputy_id=user_id, valid_from__lte=day, valid_to__gte=day)
    authors = set(named.values_list("author_id", flat=True))
    if authors:
        readers = card_readers()
        own_sides = readers.filter(user_id=user_id).values_list("organisation_id", flat=True)
        authors &= set(
            readers.filter(beside(own_sides), user_id__in=authors).values_list("user_id", flat=True)
        )
    return Note.objects.filter(author_id__in=authors | {user_id})
