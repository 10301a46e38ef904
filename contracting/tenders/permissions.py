"""Permission names of calls, offers and the committee.

A permission opens a page; what is shown of an offer is decided by the facts: nothing before the opening, and after it
only what `may_read_content` allows.
"""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Call, Offer, Seat
from contracting.tenders.queries.standing import Standing, bidders_of, standing_of
from kernel.access import Access
from kernel.permissions import ALLOWED, Verdict, denied, register
from tenants.roles import Role

_UNIT = {Role.DIRECTOR, Role.COORDINATOR, Role.ACCOUNTANT, Role.INSPECTOR, Role.COMMITTEE_MEMBER}
_BIDDERS = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}

READ_CALLS = register("tenders.read_calls", roles=_UNIT | _BIDDERS)
EDIT_CALLS = register("tenders.edit_calls", roles={Role.DIRECTOR, Role.COORDINATOR})
PUBLISH_CALLS = register("tenders.publish_calls", roles={Role.DIRECTOR})
READ_PUBLICATIONS = register("tenders.read_publications", roles=_UNIT)
ASK_QUESTIONS = register("tenders.ask_questions", roles=_BIDDERS)
WRITE_OFFERS = register("tenders.write_offers", roles=_BIDDERS)
SUBMIT_OFFERS = register("tenders.submit_offers", roles={Role.NGO_MANAGER})
APPOINT_COMMITTEE = register("tenders.appoint_committee", roles={Role.DIRECTOR})
SIT_ON_COMMITTEE = register(
    "tenders.sit_on_committee", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR, Role.COMMITTEE_MEMBER}
)
READ_OFFERS = register(
    "tenders.read_offers", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR, Role.COMMITTEE_MEMBER}
)
DECIDE_CALLS = register("tenders.decide_calls", roles={Role.DIRECTOR})
KEEP_RECOVERY = register("tenders.keep_recovery", roles={Role.DIRECTOR})


EXCLUDED = _("An organisation that bids named you or you belong to it, so the law excludes you.")
_PARTIAL = _("You declared that you are not impartial towards this offer, so you take no part in it.")


def may_check_form(standing: Standing, offer: Offer, *, by_role: bool) -> Verdict:
    """Whether the person may say that the offer meets the requirements of form.

    Members with a vote do, and whoever prepares calls by their role (`by_role`); all of them only once they declared
    themselves impartial towards this offer.
    """
    if standing.is_excluded:
        return denied(EXCLUDED)
    if standing.declared.get(offer.pk) is False:
        return denied(_PARTIAL)
    if standing.seat is not None and standing.seat.role == Seat.Role.EXPERT:
        return denied(_("An expert has an advisory voice; members and coordinators check the form."))
    if standing.seat is None and not by_role:
        return denied(_("The form is checked by members of the committee and coordinators."))
    if not standing.declared.get(offer.pk):
        return denied(_("Declare first whether you are impartial towards this offer."))
    return ALLOWED


def may_decide(standing: Standing, asked: Iterable[UUID] = ()) -> Verdict:
    """Whether the person may decide on the call for the organ: nobody who works for a bidder or declared a tie to one.

    `asked` are the offers towards which they must have declared themselves impartial.
    """
    if standing.is_excluded:
        return denied(EXCLUDED)
    if False in standing.declared.values():
        return denied(
            _(
                "You declared that you are not impartial towards an offer of this call, so somebody else decides on "
                "it: another person with the role of a director."
            )
        )
    if set(asked) - set(standing.declared):
        return denied(_("Declare first whether you are impartial towards each bidder; then decide."))
    return ALLOWED


def seat_of(access: Access, call: Call) -> Seat | None:
    """The seat on which the person may act for the call's committee: neither released nor excluded by law."""
    standing = standing_of(access.actor.user_id, call)
    return None if standing.is_excluded else standing.seat


def may_read_content(access: Access, offer: Offer, *, standing: Standing | None = None) -> Verdict:
    """Whether the person may see what the offer says; nobody may before the opening.

    After it: the bidders their own; a member of the committee once they declared themselves impartial towards this
    offer; director and coordinator, who check the form and decide; the inspector once the call is decided. Whoever
    works for a bidder, in any tenant, reads none but their own. `standing` is theirs towards the call, where it is at
    hand already.
    """
    if standing is None:
        standing = standing_of(access.actor.user_id, offer.call)
    bidders: dict[UUID, frozenset[UUID]] = {}
    if not access.sees_all_organisations:
        bidders = bidders_of([offer])
    opened = hasattr(offer, "opened")
    return _verdict(access, offer, standing, bidders.get(offer.pk, frozenset()), opened=opened)


def readable_offers(
    access: Access, call: Call, offers: Iterable[Offer], *, standing: Standing | None = None
) -> set[UUID]:
    """Of these offers of one call, fetched with `opened`, those whose content the person may see; few queries.

    `standing` is theirs towards the call, where it is at hand already.
    """
    shown = list(offers)
    if standing is None:
        standing = standing_of(access.actor.user_id, call)
    bidders = {} if access.sees_all_organisations else bidders_of(shown)
    return {
        offer.pk
        for offer in shown
        if _verdict(
            access, offer, standing, bidders.get(offer.pk, frozenset()), opened=hasattr(offer, "opened")
        )
    }


def _verdict(
    access: Access, offer: Offer, standing: Standing, bidders: frozenset[UUID], *, opened: bool
) -> Verdict:
    if not opened:
        return denied(_("The offer is sealed: two members of the committee open it after the deadline."))
    if not access.sees_all_organisations:
        own = bool(bidders & (access.organisation_ids or frozenset()))
        return ALLOWED if own else denied(_("This is an offer of another organisation."))
    if standing.is_excluded:
        return denied(EXCLUDED)
    if standing.declared.get(offer.pk) is False:
        return denied(_PARTIAL)
    if standing.seat is not None:
        return (
            ALLOWED
            if standing.declared.get(offer.pk)
            else denied(_("Declare first whether you are impartial towards this offer."))
        )
    if access.may(EDIT_CALLS) or access.may(DECIDE_CALLS):
        return ALLOWED
    if access.may(READ_OFFERS) and Role.INSPECTOR in access.roles and offer.call.decided_at is not None:
        return ALLOWED
    return denied(_("Only members of the committee of this call and those who decide on it read its offers."))
