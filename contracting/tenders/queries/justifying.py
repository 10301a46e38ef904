"""The letter of justification (art. 15(2i)), composed from what members and the organ wrote; names nobody."""

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from contracting.tenders.models import Award, Call, Committee, Criterion, Offer
from contracting.tenders.queries.comparison import Comparison, comparisons_of
from contracting.tenders.queries.formal import form_lines
from ui.formatting import format_date_text, format_decimal, format_money

LANGUAGE = "pl"


def justification_text(call: Call, offer: Offer | None = None) -> str:
    """A draft of the answer to a demand to justify the choice: of one offer, or of all that were decided on.

    Empty where the call has no closed scoring. Members' reasons stand without their names.
    """
    committee = Committee.objects.select_related("call").filter(call=call).first()
    if committee is None or committee.scoring_closed_at is None:
        return ""
    with translation.override(LANGUAGE):
        return "\n\n".join(_paragraphs(committee, offer))


def _paragraphs(committee: Committee, only: Offer | None) -> list[str]:
    call = committee.call
    awards = {
        award.offer_id: award
        for award in Award.objects.filter(offer__call=call).select_related(
            "offer__organisation", "granted_in", "given_up_in"
        )
    }
    decided = format_date_text(call.decided_at.date()) if call.decided_at else "–"
    found = [
        _("Justification of the choice of offers in the call %(number)s, %(title)s, decided on %(date)s.")
        % {"number": call.number, "title": call.title, "date": decided}
    ]
    for line in form_lines(call):
        if line.result == "failed" and (only is None or only.pk == line.offer.pk):
            found.append(
                _("Offer %(number)s, %(bidder)s, did not meet the requirements of form: %(reason)s")
                % {"number": line.offer.number, "bidder": line.offer.organisation.name, "reason": line.reason}
            )
    for comparison in comparisons_of(committee):
        for ranked in comparison.lines:
            pk = UUID(ranked.bid.key)
            if only is None or only.pk == pk:
                found.append(_of_offer(comparison, pk, awards.get(pk)))
    return found


def _of_offer(comparison: Comparison, pk: UUID, award: Award | None) -> str:
    line = next(one for one in comparison.lines if one.bid.key == str(pk))
    offer = comparison.offers[pk]
    lines = [
        _("Offer %(number)s, %(bidder)s: %(total)s points of 100, place %(rank)s of %(all)s.")
        % {
            "number": offer.number,
            "bidder": offer.organisation.name,
            "total": format_decimal(line.total, 2),
            "rank": line.rank or "–",
            "all": len(comparison.lines),
        }
    ]
    for criterion, cell in zip(comparison.criteria, line.cells, strict=True):
        told = _("%(criterion)s: %(points)s of %(most)s points") % {
            "criterion": criterion.name,
            "points": format_decimal(cell.average, 2),
            "most": criterion.max_points,
        }
        reasons = [mark.reason for mark in comparison.marks.get((pk, criterion.pk), [])]
        note = comparison.notes.get((pk, criterion.pk))
        if note is not None:
            reasons.append(note.text)
        by_formula = criterion.kind == Criterion.Kind.PRICE
        lines.append(f"– {told}" + ("." if by_formula or not reasons else f": {' '.join(reasons)}"))
    if award is not None and award.decision:
        lines.append(_decision(award))
    return "\n".join(lines)


def _decision(award: Award) -> str:
    told = _("Decision: %(decision)s") % {"decision": award.get_decision_display()}
    if award.amount is not None:
        told += f", {format_money(award.amount)}"
    told = f"{told}. {award.reason}".rstrip()
    later = [
        (award.granted_in, _("Granted from the reserve list on %(day)s: %(reason)s")),
        (award.given_up_in, _("Given up by the bidder on %(day)s: %(reason)s")),
    ]
    for change, text in later:
        if change is not None:
            told += " " + text % {"day": format_date_text(change.happened_on), "reason": change.reason}
    return told
