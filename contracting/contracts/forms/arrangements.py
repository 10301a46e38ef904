"""Shape of input of step 5 where no call chooses the contractor: the fields that the form of realisation asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Cycle
from contracting.contracts.actions.arrangements import ArrangementTerms, sentence_of
from contracting.contracts.arranged import contracts_in_period
from contracting.contracts.forms.contracts import partners_of
from contracting.contracts.models import Arrangement
from contracting.contracts.rules.arranging import ASKED, NEEDED, OF_THE_CONTRACT, Finding
from kernel.access import Access
from tenants.models import Organisation
from ui.amounts import AmountField
from ui.days import DayField

_LABELS: dict[str, dict[str, Any]] = {
    "own": {"deliverer": _("Unit or post that delivers the service")},
    "partnership": {
        "organisation": _("Partner"),
        "signed_on": _("Day of the agreement"),
        "contract": _("Agreement entered here as a contract"),
    },
    "neighbour": {"deliverer": _("Unit or post that organises the services")},
}


class _ContractChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.organisation.name}"


class _ContractorChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} (NIP {obj.nip})" if obj.nip else obj.name


class ArrangementForm(forms.Form):
    """What is recorded; fields that the form of realisation does not ask for are not there."""

    mode = forms.ChoiceField(
        label=_("Mode of the procedure"),
        choices=[("", pgettext_lazy("verb", "choose")), *Arrangement.Mode.choices],
        required=False,
    )
    notice_number = forms.CharField(
        label=_("Number of the notice"),
        max_length=120,
        required=False,
        help_text=_("Of the bulletin in which it was published, or of the unit's own record of the enquiry."),
    )
    decided_on = DayField(label=_("Day of the choice"), required=False)
    deliverer = forms.CharField(
        label=_("Unit or post"),
        max_length=200,
        required=False,
        help_text=_("The name of a unit, section or post; no names of persons."),
    )
    contract = _ContractChoice(
        label=_("Contract entered here"),
        queryset=None,
        required=False,
        empty_label=_("none yet"),
        help_text=_(
            "Where it is entered already, choose it: who, when and for how much are then taken from it. "
            "Otherwise fill in what it would say."
        ),
    )
    organisation = _ContractorChoice(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_("Partners of the unit. A missing one is added under People, Partner organisations."),
    )
    signed_on = DayField(label=_("Contract signed on"), required=False)
    value = AmountField(label=_("Value of the contract"), required=False)
    basis = forms.CharField(
        label=_("Article on which the agreement rests"),
        max_length=200,
        required=False,
        help_text=_("As the agreement names it, with the act. This program does not check it."),
    )
    valid_from = DayField(label=_("From"), required=False)
    valid_to = DayField(label=_("Until (inclusive)"), required=False)
    note = forms.CharField(
        label=_("Note of the decision"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, form: str, cycle: Cycle, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = ASKED[form]
        for name in [name for name in self.fields if name not in (*asked, "seen")]:
            del self.fields[name]
        self.order_fields([*asked, "seen"])
        for name, label in _LABELS.get(form, {}).items():
            self.fields[name].label = label
        # What a contract would say is asked for by the action, which knows whether one is chosen.
        for name in set(NEEDED[form]) - set(OF_THE_CONTRACT):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = sentence_of(Finding("missing", name))
        if "contract" in asked:
            contracts = contracts_in_period(cycle).select_related("organisation").order_by("number")
            self.fields["contract"].queryset = contracts  # type: ignore[attr-defined]
            self.fields["organisation"].queryset = partners_of(access)  # type: ignore[attr-defined]

    def asked(self) -> list[Any]:
        """The fields that a person fills in, in their order."""
        return [self[name] for name in self.fields if name != "seen"]

    def terms(self) -> ArrangementTerms:
        """What was entered."""
        return ArrangementTerms(
            **{name: value for name, value in self.cleaned_data.items() if name != "seen"}
        )


def initial_of(row: Arrangement | None) -> dict[str, Any]:
    """What the form begins with; empty where nothing is recorded yet."""
    if row is None:
        return {}
    names = [name for name in ASKED[row.form] if name not in ("contract", "organisation")]
    values = {name: getattr(row, name) for name in names}
    return {**values, "contract": row.contract_id, "organisation": row.organisation_id}
