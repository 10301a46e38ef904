"""Forms of what happens to results after their publication: a bidder steps back, the reserve list gets the money."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.tenders.models import Award
from ui.amounts import AmountField
from ui.days import DayField


class _ChangeForm(forms.Form):
    happened_on = DayField(label=pgettext_lazy("results", "Day"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Published on the board with the change: name no person."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class GiveUpForm(_ChangeForm):
    """When and why a bidder stepped back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].help_text = _(
            "Of the bidder's statement, or when the time to sign ran out."
        )


class ReserveForm(_ChangeForm):
    """Amounts for offers of the reserve lists, `amount-<id of the award>`; those left empty get nothing now."""

    def __init__(self, *args: Any, awards: Iterable[tuple[Award, Decimal | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].help_text = _("Of the organ's decision.")
        self.awards = []
        for award, proposed in awards:
            self.awards.append(award)
            self.fields[f"amount-{award.pk}"] = AmountField(
                label=_("Offer %(number)s: amount, PLN") % {"number": award.offer.number},
                required=False,
                initial=proposed,
            )

    def amount_of(self, award: Award) -> Any:
        """The bound field of an award."""
        return self[f"amount-{award.pk}"]

    def amounts(self) -> dict[UUID, Decimal]:
        """What was entered, by id of the award."""
        given = {award.pk: self.cleaned_data[f"amount-{award.pk}"] for award in self.awards}
        return {pk: amount for pk, amount in given.items() if amount is not None}
