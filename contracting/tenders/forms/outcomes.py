"""Forms of the opinion, of the organ's decision and of joint notes."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Award, Offer, UnreadableOffer
from ui.amounts import AmountField

_Outcome = Award.Outcome
OPEN = [_Outcome.GRANTED, _Outcome.RESERVE, _Outcome.REFUSED]


class OutcomesForm(forms.Form):
    """Outcome, amount and reason for each offer: fields `outcome-<id>`, `amount-<id>`, `reason-<id>`.

    `proposed` maps offer id → (outcome, amount, reason) that the form begins with.
    """

    def __init__(
        self,
        *args: Any,
        offers: Iterable[Offer],
        proposed: Mapping[UUID, tuple[str, Decimal | None, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offers = list(offers)
        for offer in self.offers:
            outcome, amount, reason = proposed[offer.pk]
            # What the form decided, and what happened after the decision, is not chosen here.
            choices = [_Outcome(outcome)] if outcome in (_Outcome.REJECTED, _Outcome.GIVEN_UP) else OPEN
            number = {"number": offer.number}
            self.fields[f"outcome-{offer.pk}"] = forms.ChoiceField(
                label=_("Offer %(number)s: outcome") % number,
                choices=[(one.value, one.label) for one in choices],
                initial=outcome,
            )
            self.fields[f"amount-{offer.pk}"] = AmountField(
                label=_("Offer %(number)s: amount, PLN") % number, required=False, initial=amount
            )
            self.fields[f"reason-{offer.pk}"] = forms.CharField(
                label=_("Offer %(number)s: reason") % number,
                required=False,
                max_length=2000,
                initial=reason,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def outcome_of(self, offer_id: UUID) -> tuple[str, Decimal | None, str]:
        """Outcome, amount where it is granted, reason."""
        outcome = self.cleaned_data[f"outcome-{offer_id}"]
        amount = self.cleaned_data[f"amount-{offer_id}"] if outcome == _Outcome.GRANTED else None
        return outcome, amount, self.cleaned_data[f"reason-{offer_id}"]

    def fields_of(self, offer_id: UUID) -> dict[str, Any]:
        """The three bound fields of an offer."""
        return {name: self[f"{name}-{offer_id}"] for name in ("outcome", "amount", "reason")}


class FindingsForm(forms.Form):
    """What the organ found about offers that could not be opened: fields `finding-<id of the offer>`."""

    def __init__(self, *args: Any, rows: Iterable[UnreadableOffer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            self.fields[f"finding-{row.offer_id}"] = forms.CharField(
                label=_("Offer %(number)s: what was established") % {"number": row.offer.number},
                max_length=2000,
                initial=row.finding,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def findings(self) -> list[tuple[UnreadableOffer, str]]:
        """Each offer with what was written about it."""
        return [(row, self.cleaned_data[f"finding-{row.offer_id}"]) for row in self.rows]

    def lines(self) -> list[tuple[UnreadableOffer, Any]]:
        """Each offer with its field."""
        return [(row, self[f"finding-{row.offer_id}"]) for row in self.rows]


class JointNoteForm(forms.Form):
    """What the committee says where points lie apart."""

    text = forms.CharField(
        label=_("Joint note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
