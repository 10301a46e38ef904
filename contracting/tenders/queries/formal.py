"""The formal check as pages and the protocol show it: points with what the program sees, results, corrections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.law import point_articles_on
from contracting.tenders.content import Content
from contracting.tenders.models import Call, FormalCheck, Offer, OpenedOffer
from contracting.tenders.rules.formal import (
    FILE,
    CallFacts,
    FormPoint,
    OfferFacts,
    form_points,
    with_corrections,
)
from contracting.tenders.words import title_of
from kernel.errors import Sentence
from kernel.periods import local_date
from ui.formatting import format_instant_text

POINT_TITLES: dict[str, Sentence] = {
    "on_time": _("Handed in before the deadline"),
    "confirmed": _("Confirmed after the amendments of the call"),
    "entitled": _("The bidder is entitled to take part"),
    "scope": _("The scope of the task is described"),
    "place": _("The dates and the place are given"),
    "costs": _("The costs are calculated"),
    "experience": _("Earlier activity is described"),
    "resources": _("People, things and money for the task are described"),
    "paid": _("It is declared whether recipients pay"),
    "joint": _("The joint offer says who does what and who represents whom"),
    "grant": _("The grant lies within the limits of the call"),
    "own_share": _("The own contribution reaches the least share"),
    "period": _("The dates lie within those of the call"),
    "declarations": _("All declarations are made"),
}


def point_title(key: str) -> Sentence:
    """The words of a point; required files stand by their name."""
    if key.startswith(FILE):
        return format_lazy(_("File: {name}"), name=key.removeprefix(FILE))
    return POINT_TITLES.get(key, key)


@dataclass(frozen=True)
class FormLine:
    """The formal check of one offer; without a row it has not begun."""

    offer: Offer
    check: FormalCheck | None
    unconfirmed: int | None
    failed: tuple[tuple[str, str], ...] = ()
    corrections: Mapping[str, list[Any]] = field(default_factory=dict)

    @property
    def result(self) -> str:
        return self.check.result if self.check else FormalCheck.Result.PENDING

    @property
    def result_text(self) -> str:
        return str(FormalCheck.Result(self.result).label)

    @property
    def reason(self) -> str:
        return self.check.reason if self.check else ""

    @property
    def failed_texts(self) -> list[str]:
        """Points not met with their remarks."""
        return [
            f"{point_title(key)}: {remark}" if remark else str(point_title(key))
            for key, remark in self.failed
        ]

    @property
    def correction_texts(self) -> list[str]:
        """What the bidder corrected and when; values stay in the offer."""
        if not self.corrections or self.check is None:
            return []
        fields = ", ".join(str(title_of(path)) for path in self.corrections)
        told = _("corrected by the bidder on {at}: {fields}")
        return [str(format_lazy(told, at=format_instant_text(self.check.corrected_at), fields=fields))]


def form_lines(call: Call) -> list[FormLine]:
    """The checks of all opened offers of the call; one query."""
    rows = (
        OpenedOffer.objects.filter(offer__call=call)
        .select_related("offer__organisation", "offer__lot", "offer__formal_check")
        .defer("content", "content_key", "offer__draft")
        .order_by("offer__lot__position", "offer__number")
    )
    return [_line(row, call) for row in rows]


def _line(row: OpenedOffer, call: Call) -> FormLine:
    row.offer.call = call
    check: FormalCheck | None = getattr(row.offer, "formal_check", None)
    points = check.points if check else {}
    failed = tuple((key, remark) for key, (passed, remark) in points.items() if not passed)
    return FormLine(row.offer, check, row.unconfirmed_amendment, failed, check.corrections if check else {})


def points_of(offer: Offer) -> list[FormPoint]:
    """The points of one offer, computed from its content as corrected."""
    call, opened, lot = offer.call, offer.opened, offer.lot
    facts = CallFacts(
        deadline=call.deadline,
        task_from=call.task_from,
        task_to=call.task_to,
        grant_min=call.grant_min,
        grant_max=call.grant_max,
        funds=lot.funds,
        own_share_min=call.own_share_min,
        required_files=tuple(str(name) for name in call.required_files),
    )
    return form_points(
        facts,
        OfferFacts(
            submitted_at=opened.sealed.submitted_at,
            unconfirmed_amendment=opened.unconfirmed_amendment,
            grant=opened.grant,
            own_contribution=opened.own_contribution,
            total=opened.total,
            is_joint=offer.partners.exists(),
            content=content_of(offer),
        ),
        point_articles_on(local_date(call.published_at or timezone.now())),
    )


def content_of(offer: Offer) -> Content:
    """The content of an opened offer with the corrections of the bidder."""
    check: FormalCheck | None = getattr(offer, "formal_check", None)
    content: Content = offer.opened.content
    return with_corrections(content, check.corrections) if check and check.corrections else content
