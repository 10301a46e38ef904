"""What a call and its lot ask of an offer, read for the rules."""

from datetime import datetime

from contracting.commissioning.models import Qualification
from contracting.tenders.content import CONCEPT_PARTS
from contracting.tenders.models import Amendment, Call, Offer
from contracting.tenders.rules.completeness import Terms


def terms_of(offer: Offer) -> Terms:
    """The terms of the offer's call and lot; one query for the partners, none for a call and lot at hand."""
    call, lot = offer.call, offer.lot
    partners = [partner for partner in offer.partners.all() if partner.in_draft]
    return Terms(
        lot_funds=lot.funds,
        grant_min=call.grant_min,
        grant_max=call.grant_max,
        own_share_min=call.own_share_min,
        task_from=call.task_from,
        task_to=call.task_to,
        joint_offers=call.joint_offers,
        concept_questions=asked_parts(call),
        required_files=tuple(call.required_files),
        partners=tuple(str(partner.organisation_id) for partner in partners),
        answers={str(partner.organisation_id): partner.state for partner in partners},
    )


def asked_parts(call: Call) -> tuple[str, ...]:
    """The parts of the service concept that the call asks for, in their order."""
    if not call.concept_required:
        return ()
    return tuple(part for part in CONCEPT_PARTS if call.concept_questions.get(part))


def amended_since(offer: Offer, moment: datetime | None) -> list[Amendment]:
    """The amendments of the call published after a moment of the offer; all of them without one."""
    after = {} if moment is None else {"published_at__gt": moment}
    return list(offer.call.amendments.filter(**after))


def newest_amendment(call: Call) -> int:
    """The number of the newest amendment of the call that asks for a confirmation; 0 without one."""
    found = (
        Amendment.objects.filter(call=call, confirm=True).order_by("-number").values_list("number", flat=True)
    )
    return int(found.first() or 0)


def known_qualifications() -> list[tuple[str, str]]:
    """Codes and names of the tenant's qualifications, by name."""
    return list(Qualification.objects.order_by("name").values_list("code", "name"))
