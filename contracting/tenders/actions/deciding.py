"""The organ decides: offer by offer, within the money of each part, and publishes all results at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import hooks, tasks
from contracting.tenders.actions.small_grants import problems_of_small_grants
from contracting.tenders.clock import database_now
from contracting.tenders.lawfulness import require_lawful
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Award, Call, Committee, Lot, Protocol, UnreadableOffer
from contracting.tenders.permissions import may_decide
from contracting.tenders.protocol import protocol_facts
from contracting.tenders.queries.standing import standing_of
from contracting.tenders.states import CALL_STATES
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError, NotAllowed, Problem
from kernel.validation import require_valid
from ui.formatting import format_money

_Outcome = Award.Outcome


@dataclass(frozen=True)
class Decision:
    """What the organ decides on an offer; `amount` in PLN where it grants."""

    outcome: str
    amount: Decimal | None = None
    reason: str = ""


def decide_offers(call: Call, decisions: Mapping[UUID, Decision], *, actor: Actor) -> list[Award]:
    """Decide on offers by id, all or some; what was decided may be changed until the results are published.

    Raises NotAllowed `not_impartial`; DomainError `no_opinion`, `wrong_state`, `invalid` with a problem per offer
    (`amount_wrong`, `differs_without_reason`, `form_decides`, `small_grant_too_large`,
    `small_grants_of_organisation`, `small_grant_pool`) and `over_funds` where the sum of a part exceeds its money.
    """
    with transaction.atomic():
        locked = lock_call(call)
        CALL_STATES.take("decide", locked.state)
        require_impartial(locked, actor)
        awards = list(
            Award.objects.select_for_update(of=["self"])
            .filter(offer__call=locked)
            .select_related("offer__opened", "lot")
            .order_by("pk")
        )
        _require_opinions(awards, decisions)
        problems: list[Problem] = []
        changed = []
        for award in awards:
            decision = decisions.get(award.offer_id)
            if decision is not None:
                problems += _problems_of(award, decision)
                _take(award, decision, actor)
                changed.append(award)
        problems += [*over_funds(awards), *problems_of_small_grants(locked, awards)]
        if problems:
            raise DomainError("invalid", _("Nothing was saved: correct what is listed."), problems=problems)
        for award in changed:
            require_valid(award, exclude=["offer", "lot"])
            award.save(update_fields=["decision", "amount", "reason", "decided_at", "decided_by"])
        record(
            "decide_offers",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"decisions": {str(one.offer_id): [one.decision, one.amount] for one in changed}},
        )
    return changed


def publish_results(call: Call, *, actor: Actor) -> Call:
    """Make the decision final and public: bidder, task and amount of every grant (art. 15(2h)).

    Raises NotAllowed `not_impartial`; DomainError `not_all_decided`, `unreadable_open`, `no_protocol`,
    `protocol_outdated`, `not_lawful`, `over_funds`, `small_grants`, `wrong_state`.
    """
    with transaction.atomic():
        locked = lock_call(call)
        target = CALL_STATES.take("decide", locked.state).target
        require_impartial(locked, actor)
        require_lawful(locked)
        awards = list(Award.objects.filter(offer__call=locked).select_related("offer", "lot"))
        opened = locked.offers.filter(opened__isnull=False).count()
        if len(awards) < opened or any(not award.decision for award in awards):
            raise DomainError(
                "not_all_decided",
                _("The organ has not decided on every offer yet: decide on all, then publish."),
            )
        _require_findings(locked)
        _require_protocol(locked)
        problems = over_funds(awards)
        if problems:
            raise DomainError("over_funds", _("The grants exceed the money of a part."), problems=problems)
        problems = problems_of_small_grants(locked, awards)
        if problems:
            raise DomainError(
                "small_grants", _("The grants exceed the limits of small grants."), problems=problems
            )
        locked.state, locked.decided_at = target, database_now()
        locked.save(update_fields=["state", "decided_at", "changed_at"])
        granted = [award for award in awards if award.decision == _Outcome.GRANTED]
        record(
            "publish_results",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"granted": {str(award.offer_id): award.amount for award in granted}},
        )
        hooks.results_published.fire(call=locked, actor=actor)
        for award in granted:
            hooks.awarded.fire(award=award)
        send_after_commit(tasks.notify_results, locked.pk)
    return locked


def require_impartial(call: Call, actor: Actor) -> None:
    """Raises NotAllowed `not_impartial` where the person works for a bidder or declared a tie to one."""
    verdict = may_decide(standing_of(actor.user_id, call))
    if not verdict:
        raise NotAllowed("not_impartial", verdict.reason)


def _require_findings(call: Call) -> None:
    waiting = UnreadableOffer.objects.filter(offer__call=call, finding="")
    numbers = list(waiting.values_list("offer__number", flat=True))
    if numbers:
        raise DomainError(
            "unreadable_open",
            format_lazy(
                _("Offers {numbers} could not be opened: enter first what was established about them."),
                numbers=", ".join(str(number) for number in numbers),
            ),
        )


def _require_protocol(call: Call) -> None:
    """The results rest on what the committee signed: its newest protocol says what stands now."""
    committee = (
        Committee.objects.select_for_update(of=["self"]).select_related("call").filter(call=call).first()
    )
    if committee is None:
        return
    newest = Protocol.objects.filter(call=call).order_by("-version").first()
    if newest is None:
        raise DomainError(
            "no_protocol",
            _(
                "The committee has no protocol yet: it composes and signs one, then the results are published."
            ),
        )
    if protocol_facts(committee, newest.version) != newest.facts:
        raise DomainError(
            "protocol_outdated",
            format_lazy(
                _(
                    "Something changed after version {version} of the committee's protocol: the committee composes "
                    "and signs a new one, then the results are published."
                ),
                version=newest.version,
            ),
        )


def _take(award: Award, decision: Decision, actor: Actor) -> None:
    award.decision, award.reason = decision.outcome, decision.reason.strip()
    award.amount = decision.amount if decision.outcome == _Outcome.GRANTED else None
    award.decided_at, award.decided_by = timezone.now(), actor.user_id


def _problems_of(award: Award, decision: Decision) -> list[Problem]:
    found = []
    asked = award.offer.opened.grant
    if (decision.outcome == _Outcome.REJECTED) != (award.opinion == _Outcome.REJECTED):
        text = _("Whether an offer is refused on form is decided by the formal check.")
        found.append(_problem("form_decides", text, award, "outcome"))
    if decision.outcome == _Outcome.GRANTED and not (decision.amount and 0 < decision.amount <= (asked or 0)):
        text = _("The amount is more than 0 and at most what the offer asks for ({asked}).")
        found.append(_problem("amount_wrong", text, award, "amount", asked=format_money(asked)))
    same = decision.outcome == award.opinion
    if same and decision.outcome == _Outcome.GRANTED:
        same = decision.amount == award.opinion_amount
    if not same and not decision.reason.strip():
        text = _("The decision differs from the committee's opinion: give the reason.")
        found.append(_problem("differs_without_reason", text, award, "reason"))
    return found


def _problem(code: str, text: Any, award: Award, part: str, **facts: Any) -> Problem:
    """`part` is what of the decision is wrong: outcome, amount or reason. Its field names the offer."""
    message = format_lazy(text, **facts)
    return Problem(code, message, f"{part}-{award.offer_id}", str(award.offer.number))


def over_funds(awards: list[Award]) -> list[Problem]:
    """The parts whose grants, as they stand on these awards, exceed their money."""
    sums: dict[UUID, Decimal] = {}
    lots: dict[UUID, Lot] = {}
    for award in awards:
        if award.decision == _Outcome.GRANTED:
            lots[award.lot_id] = award.lot
            sums[award.lot_id] = sums.get(award.lot_id, Decimal(0)) + (award.amount or Decimal(0))
    return [
        Problem(
            "over_funds",
            format_lazy(
                _("{lot}: {total} would be granted, and there are {funds}. Lower the amounts."),
                lot=lots[pk].title,
                total=format_money(total),
                funds=format_money(lots[pk].funds),
            ),
            None,
            str(total),
        )
        for pk, total in sums.items()
        if total > lots[pk].funds
    ]


def _require_opinions(awards: list[Award], decisions: Mapping[UUID, Decision]) -> None:
    known = {award.offer_id for award in awards}
    if not known or set(decisions) - known:
        raise DomainError(
            "no_opinion",
            _("The committee has not given its opinion yet; the organ decides after it."),
        )
