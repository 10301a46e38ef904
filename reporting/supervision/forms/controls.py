"""Shape of input of the contractor's own log of control."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from reporting.supervision.actions import ControlEntry
from reporting.supervision.forms.inspections import contract_field, long_text, offer_contracts
from reporting.supervision.models import OwnControl
from ui.days import DayField


class ControlForm(forms.Form):
    """One control: when, how, by whom, of what, with what result."""

    controlled_on = DayField(label=_("Day of the control"), past=True)
    kind = forms.ChoiceField(
        label=_("Kind of control"), choices=OwnControl.Kind.choices, widget=forms.RadioSelect
    )
    controller = forms.CharField(label=_("Who controlled"), max_length=150)
    subject = forms.CharField(
        label=_("What was controlled"), max_length=300, help_text=_("Do not write names of persons here.")
    )
    result = forms.ChoiceField(label=_("Result"), choices=OwnControl.Result.choices, widget=forms.RadioSelect)
    measures = long_text(
        _("What was done about it"), rows=3, most=1000, required=False, help_text=_("Of an irregularity.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def entry(self) -> ControlEntry:
        """What was typed."""
        names = ControlEntry.__dataclass_fields__
        return ControlEntry(**{name: self.cleaned_data[name] for name in names})


class NewControlForm(ControlForm):
    """The same, with the contract."""

    contract: Any = contract_field()
    field_order = ("contract",)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contracts(self, access)
