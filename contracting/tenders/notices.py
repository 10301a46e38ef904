"""Mails about calls: short, with the address where to go on, never with anything of an offer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.mailing import mail_people
from accounts.models import User
from contracting.tenders.models import Call, FormalCheck, Offer, OfferPartner, Seat
from contracting.tenders.permissions import SUBMIT_OFFERS
from kernel.tenancy import require_tenant
from tenants.access import people_who_may
from tenants.addresses import tenant_url
from tenants.models import Membership
from tenants.roles import Role

_WRITERS = (Role.NGO_MANAGER, Role.NGO_COORDINATOR)


def bidders_people(call: Call, *, handed_in: bool = False) -> list[User]:
    """Who writes offers for organisations that have begun one, or only where one is handed in; three queries."""
    offers = Offer.objects.filter(call=call)
    if handed_in:
        offers = offers.filter(state=Offer.State.SUBMITTED)
    joining = OfferPartner.objects.joining().filter(offer__in=offers)
    organisations = {
        *offers.values_list("organisation_id", flat=True),
        *joining.values_list("organisation_id", flat=True),
    }
    memberships = (
        Membership.objects.current()
        .filter(tenant_id=require_tenant().pk, organisation_id__in=organisations, role__in=_WRITERS)
        .select_related("user")
        .order_by("user__email")
    )
    return list({membership.user_id: membership.user for membership in memberships}.values())


def tell_bidders(call: Call, kind: str, **facts: Any) -> int:
    """Mail everybody who writes an offer on the call: `kind` is amendment or annulment; returns how many.

    Raises SMTPException or OSError where the mail server is away.
    """
    return _send(call, kind, bidders_people(call), facts)


def tell_asker(call: Call, user_id: UUID) -> int:
    """Tell whoever asked that their question is answered, where they still have an account here."""
    still_here = Membership.objects.current().filter(tenant_id=require_tenant().pk, user_id=user_id)
    return _send(call, "answer", User.objects.filter(pk__in=still_here.values("user_id")), {})


def tell_of_correction(check: FormalCheck) -> int:
    """Tell those who may hand in for the organisation of the offer, until when and where; not what is wrong."""
    offer = check.offer
    address = tenant_url("committee:correct", offer.pk)
    people = people_who_may(SUBMIT_OFFERS, offer.organisation_id)
    return _send(offer.call, "correction", people, {"until": check.correction_until}, address)


def tell_of_joint_offer(partner: OfferPartner) -> int:
    """Tell those who may answer for the organisation where they accept or decline; not by whom it is asked."""
    address = tenant_url("offers:partner", partner.offer_id, partner.pk)
    people = people_who_may(SUBMIT_OFFERS, partner.organisation_id)
    return _send(partner.offer.call, "joint_offer", people, {}, address)


def tell_of_opening(call: Call) -> int:
    """Tell the working members of the committee, and those whose offers were handed in, that the offers are open."""
    seats = Seat.objects.working().filter(committee__call=call).values_list("user_id", flat=True)
    here = Membership.objects.current().filter(tenant_id=require_tenant().pk, user_id__in=list(seats))
    members = User.objects.filter(pk__in=here.values("user_id")).order_by("email")
    sent = _send(call, "opening_members", members, {}, tenant_url("committee:declarations", call.pk))
    people = bidders_people(call, handed_in=True)
    return sent + _send(call, "opening_bidders", people, {}, tenant_url("offers:list"))


def tell_of_results(call: Call) -> int:
    """Tell those whose offers were handed in that the results are public and where theirs stands; not what it is."""
    people = bidders_people(call, handed_in=True)
    return _send(call, "results", people, {}, tenant_url("offers:list"))


def _send(
    call: Call, kind: str, people: Iterable[User], facts: dict[str, Any], address: str | None = None
) -> int:
    context = {**facts, "call": call, "tenant": require_tenant()}
    path = address or tenant_url("board:call", call.pk)
    return mail_people(people, f"tenders/mail/{kind}", context, path=path)
