"""Shapes of input: filters of the lists, contracts, named staff, workers and their qualifications."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Qualification, Service
from contracting.contracts.forms.lines import MAX_CAP_MINUTES, CostsForm, money_field
from contracting.contracts.models import Contract, Worker
from contracting.contracts.queries import free_carers_beside
from kernel.access import Access
from kernel.polish import by_name, in_order
from kernel.tenancy import require_tenant
from tenants.models import Membership, Organisation
from ui.amounts import AmountField
from ui.days import DayField
from ui.durations import DurationField


def partners_of(access: Access) -> Any:
    """Organisations in partnership with the tenant at hand; for people of an NGO their own only."""
    partners = Organisation.objects.filter(partnerships__tenant_id=require_tenant().pk)
    if access.organisation_ids is not None:
        partners = partners.filter(pk__in=access.organisation_ids)
    return partners.order_by(in_order("name"))


class _WorkerChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.code})"


class PeriodForm(forms.Form):
    """A form with `valid_from` and `valid_to`, which must not end before it begins."""

    period_refusal = _("The end (%(last)s) comes before the beginning (%(first)s): correct one of the dates.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            dates = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
            self.add_error("valid_to", ValidationError(self.period_refusal, params=dates))
        return cleaned


class ContractFilter(forms.Form):
    """What narrows the list of contracts."""

    number = forms.CharField(label=_("Number contains"), max_length=60, required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("all")
    )
    service: Any = forms.ModelChoiceField(
        label=_("Service"), queryset=None, required=False, empty_label=_("all")
    )
    valid_on = DayField(label=_("Valid on"), required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = partners_of(access)  # type: ignore[attr-defined]
        self.fields["service"].queryset = Service.objects.visible_to(access)  # type: ignore[attr-defined]


def _number() -> forms.CharField:
    return forms.CharField(label=_("Number"), max_length=60, help_text=_("As printed, for example U/1/2026."))


class NumberForm(forms.Form):
    """The number of a contract that was signed here, where it was typed wrongly."""

    number = _number()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ContractTermsForm(PeriodForm, CostsForm):
    """What may change in a contract that was entered by hand; its service and organisation stay."""

    number = _number()
    signed_on = DayField(label=_("Signed on"))
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(label=_("Valid to (inclusive)"))
    procured = forms.BooleanField(
        label=_("Concluded under the act on public procurement"),
        required=False,
        help_text=_("Then the longest time of contracts for public tasks does not bind it."),
    )
    amount = money_field(
        pgettext_lazy("money", "Amount"),
        required=False,
        help_text=_("What the unit pays at most, where the contract says so; then its years stand below."),
    )
    price_per_hour = AmountField(
        label=_("Price of an hour"), max_digits=8, help_text=_("Of all costs, whoever covers them.")
    )
    cap_minutes = DurationField(
        label=_("Cap of hours"),
        required=False,
        max_minutes=MAX_CAP_MINUTES,
        help_text=_(
            "The most that may be delivered under the contract, for example “20 000 h”. Empty: no cap."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ContractForm(ContractTermsForm):
    """A new contract with a partner of the tenant."""

    service: Any = forms.ModelChoiceField(label=_("Service"), queryset=None)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        help_text=_("Partners of the unit. A missing one is added under People, Partner organisations."),
    )
    field_order = ("number", "service", "organisation")

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.visible_to(access)  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = partners_of(access)  # type: ignore[attr-defined]


class NamedStaffDatesForm(PeriodForm):
    """From when to when a contract names a worker; empty where it says nothing."""

    valid_from = DayField(label=_("Named from"), required=False)
    valid_to = DayField(label=_("Named to"), required=False)


class NamedStaffEditForm(NamedStaffDatesForm):
    """The same of a worker whom it names already."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class NamedStaffForm(NamedStaffDatesForm):
    """A worker of the contract's organisation whom the contract does not name yet."""

    worker = _WorkerChoice(label=_("Worker"), queryset=None)
    field_order = ("worker",)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Worker.objects.active().filter(organisation_id=contract.organisation_id)
        self.fields["worker"].queryset = free.exclude(  # type: ignore[attr-defined]
            named_in__contract=contract
        ).order_by(*by_name("surname", "given_name"))


class WorkerFilter(forms.Form):
    """What narrows the list of workers."""

    STATES = [
        ("", _("working now")),
        ("ended", _("no longer working")),
        ("all", pgettext_lazy("workers", "all")),
    ]

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = partners_of(access)  # type: ignore[attr-defined]


class WorkerForm(forms.Form):
    """A worker's code and name; the organisation is asked for once, when the worker is added."""

    surname = forms.CharField(label=_("Surname"), max_length=80)
    given_name = forms.CharField(label=_("Given name"), max_length=80)
    code = forms.CharField(
        label=_("Code"), max_length=30, help_text=_("Diary files name the worker by it, for example W01.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class NewWorkerForm(WorkerForm):
    """A new worker of an organisation that the person may edit."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = partners_of(access)
        own = access.organisation_ids
        if own is not None and len(own) == 1:
            field.initial = next(iter(own))
            field.widget = forms.HiddenInput()


class _AccountChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.full_name} ({obj.user.email})"


class AccountForm(forms.Form):
    """The account of a worker, of those that carers of the organisation have and no other worker."""

    account = _AccountChoice(
        label=_("Account"),
        queryset=Membership.objects.none(),
        help_text=_("Accounts with the role of a carer in this organisation that no other worker has."),
    )

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = free_carers_beside(worker).select_related("user")
        self.fields["account"].queryset = free.order_by(in_order("user__full_name"), "user__email")  # type: ignore[attr-defined]


class EndWorkerForm(forms.Form):
    """The last day of a worker."""

    last_day = DayField(label=_("Last day of work"))


def _qualification_choices() -> list[tuple[str, str]]:
    return [("", pgettext_lazy("verb", "choose")), *Qualification.objects.values_list("code", "name")]


class QualificationForm(PeriodForm):
    """A qualification and the days on which the worker holds it."""

    code = forms.ChoiceField(label=_("Qualification"), choices=_qualification_choices)
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(label=_("Valid to"), required=False, help_text=_("Empty where it does not expire."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
