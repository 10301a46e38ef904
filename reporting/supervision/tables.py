"""Lists of supervision: what narrows them, and what a sample adds up to."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract
from kernel.access import Access
from reporting.supervision.models import Inspection, SampledItem

# Parts of a dossier that have changed since it was concluded, as its page names them.
PART_WORDS = {
    "comparison": pgettext_lazy("part of a dossier", "comparison with the decisions"),
    "advice": pgettext_lazy("part of a dossier", "advice given"),
    "crisis": pgettext_lazy("part of a dossier", "crisis intervention"),
    "recommendations": pgettext_lazy("part of a dossier", "recommendations"),
    "report": pgettext_lazy("part of a dossier", "report of the organisation"),
    "findings": pgettext_lazy("part of a dossier", "findings of inspections"),
    "surveys": pgettext_lazy("part of a dossier", "surveys"),
}


class ContractFilter(forms.Form):
    """Narrows a list to one contract."""

    contract: Any = forms.ModelChoiceField(
        label=_("Contract"), queryset=None, required=False, empty_label=_("all")
    )
    contract_path = "contract"

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contract"]
        field.queryset = Contract.objects.visible_to(access).order_by("number")

    @property
    def is_filtered(self) -> bool:
        return self.is_bound and self.is_valid() and any(self.cleaned_data.values())

    def chosen(self, name: str) -> Any:
        """What was chosen under the name; None where nothing valid was."""
        return self.cleaned_data.get(name) or None if self.is_bound and self.is_valid() else None

    def narrow(self, rows: Any) -> Any:
        """The rows of the contract that was chosen."""
        contract = self.chosen("contract")
        return rows.filter(**{self.contract_path: contract}) if contract else rows


class InspectionFilter(ContractFilter):
    """Narrows the list of inspections."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            ("open", pgettext_lazy("inspections", "open")),
            ("late", pgettext_lazy("inspections", "past their term")),
            *Inspection.State.choices,
        ],
    )

    def narrow(self, rows: Any) -> Any:
        found, state, today = super().narrow(rows), self.chosen("state"), timezone.localdate()
        if state == "open":
            return found.exclude(state__in=["closed", "called_off"])
        if state == "late":
            return found.filter(state="planned", planned_on__lt=today) | found.filter(
                state="sent", answer_due_on__lt=today
            )
        return found.filter(state=state) if state else found


def completeness(items: Iterable[SampledItem]) -> dict[str, int]:
    """Of a sample: how many items were checked of how many, and what was there of what was asked for."""
    rows = list(items)
    return {
        "items": len(rows),
        "checked": sum(item.checked_at is not None for item in rows),
        "present": sum(item.present for item in rows),
        "asked": sum(item.asked for item in rows),
    }
