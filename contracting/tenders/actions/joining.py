"""Joint offers: the leader asks an organisation, it accepts or declines, and is kept or left out of what is handed in.

Nothing is handed in jointly with an organisation that has not accepted. What the record tells names nobody (BIDDER).
"""

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import tasks
from contracting.tenders.actions.drafting import BIDDER, content_of, keep_draft, lock_offer
from contracting.tenders.clock import database_now
from contracting.tenders.content import Content
from contracting.tenders.models import Offer, OfferPartner
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError
from kernel.tenancy import require_tenant
from tenants.models import Organisation, Partnership

State = OfferPartner.State


def add_partner(offer: Offer, organisation: Organisation, *, actor: Actor) -> OfferPartner:
    """Ask an organisation to offer jointly: its people read and write the draft, and one of them accepts or declines.

    Raises DomainError `no_joint_offers`, `own_partner`, `not_a_partner`, `partner_twice`, `no_draft`.
    """
    if not offer.call.joint_offers:
        raise DomainError("no_joint_offers", _("This call takes no joint offers."), field="number")
    if organisation.pk == offer.organisation_id:
        raise DomainError("own_partner", _("This is your own organisation: choose another."), field="number")
    current = Partnership.objects.current().filter(tenant_id=require_tenant().pk, organisation=organisation)
    if not current.exists():
        raise DomainError("not_a_partner", _("This organisation is no partner of the unit."), field="number")
    with transaction.atomic():
        locked = lock_offer(offer)
        content = content_of(locked)
        partner: OfferPartner | None = OfferPartner.objects.filter(
            offer=locked, organisation=organisation
        ).first()
        if partner is not None and partner.in_draft:
            raise DomainError(
                "partner_twice", _("This organisation is in the offer already."), field="number"
            )
        # One that the draft left out while the offer in force still names it is asked anew.
        partner = partner or OfferPartner(offer=locked, organisation=organisation)
        partner.state, partner.in_draft, partner.asked_at = State.ASKED, True, timezone.now()
        partner.notified_at = partner.answered_at = partner.answered_by = None
        partner.save()
        rows = [*content["partners"], row_of(organisation)]
        keep_draft(locked, {**content, "partners": rows}, actor=actor)
        record("change_offer_partners", actor=BIDDER, subject_type="offer", subject_id=offer.pk)
        send_after_commit(tasks.notify_joint_offer, partner.pk)
    return partner


def row_of(organisation: Organisation) -> dict[str, str]:
    """The row of a partner in a content of which nothing is said yet."""
    return {"organisation": str(organisation.pk), "name": organisation.name, "does": "", "represented_by": ""}


def answer_invitation(partner: OfferPartner, *, accepts: bool, actor: Actor) -> OfferPartner:
    """The word of an organisation that was asked to offer jointly, before the deadline and once.

    Raises DomainError `no_draft`, `call_takes_no_offers`, `not_asked`, `answered_already`.
    """
    with transaction.atomic():
        locked = lock_offer(partner.offer)
        content_of(locked)
        if not locked.call.takes_offers(database_now()):
            raise DomainError(
                "call_takes_no_offers", _("This call takes no offers now: its deadline has passed.")
            )
        asked: OfferPartner | None = OfferPartner.objects.filter(pk=partner.pk, in_draft=True).first()
        if asked is None:
            raise DomainError("not_asked", _("Your organisation is no longer asked to join this offer."))
        if asked.state != State.ASKED:
            raise DomainError(
                "answered_already", _("Your organisation has answered already: see the state of the offer.")
            )
        asked.state = State.ACCEPTED if accepts else State.DECLINED
        asked.answered_at, asked.answered_by = timezone.now(), actor.user_id
        asked.save(update_fields=["state", "answered_at", "answered_by"])
        verb = "accept_joint_offer" if accepts else "decline_joint_offer"
        record(verb, actor=BIDDER, subject_type="offer", subject_id=locked.pk)
    return asked


def remove_partner(offer: Offer, partner: OfferPartner, *, actor: Actor) -> None:
    """Take a partner out of the draft, and with it what it accepted; its people no longer see the draft.

    Of what is handed in it stays a partner until that is replaced.
    """
    with transaction.atomic():
        locked = lock_offer(offer)
        content = content_of(locked)
        rows = OfferPartner.objects.filter(offer=locked, pk=partner.pk)
        rows.filter(in_force=False).delete()
        rows.update(in_draft=False)
        kept = [row for row in content["partners"] if row["organisation"] != str(partner.organisation_id)]
        keep_draft(locked, {**content, "partners": kept}, actor=actor)
        record("change_offer_partners", actor=BIDDER, subject_type="offer", subject_id=offer.pk)


def put_partners_in_force(locked: Offer) -> None:
    """The draft of a locked offer is handed in: its partners are those of the offer now."""
    rows = OfferPartner.objects.filter(offer=locked)
    rows.filter(in_draft=False).delete()
    rows.update(in_force=True)


def restore_partners(locked: Offer) -> None:
    """The draft of a locked offer is gone: the partners are again those of what was handed in, as they accepted it."""
    rows = OfferPartner.objects.filter(offer=locked)
    rows.filter(in_force=False).delete()
    rows.update(in_draft=True, state=State.ACCEPTED, answered_at=Coalesce("answered_at", "asked_at"))


def with_partners(locked: Offer, content: Content) -> Content:
    """A first content with the partners of what was handed in last."""
    joined = OfferPartner.objects.of_draft().filter(offer=locked)
    partners = Organisation.objects.filter(pk__in=joined.values("organisation_id"))
    return {**content, "partners": [row_of(one) for one in partners.order_by("name")]}
