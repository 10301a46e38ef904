"""Forms of the diary: what the grid shows, and a file to be read."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract, Worker
from kernel.access import Access
from kernel.periods import Month
from reporting.delivery.choices import GridChoice
from reporting.delivery.files.reasons import FILE_REASONS
from reporting.delivery.files.source import MEGABYTE
from reporting.delivery.importing.work import file_limits
from reporting.delivery.models import carer_only_in
from ui.months import MonthField


class GridFilter(forms.Form):
    """Which contract, month and worker the grid shows; its fields are the parts of the address."""

    month = MonthField(label=_("Month"))
    contract = forms.ChoiceField(label=_("Contract"), required=False)
    worker = forms.ChoiceField(label=_("Carer"), required=False)

    def __init__(self, choice: GridChoice, workers: list[Worker], access: Access) -> None:
        super().__init__(
            initial={
                "month": str(choice.month),
                "contract": choice.contract and choice.contract.pk,
                "worker": choice.rows.worker and choice.rows.worker.pk,
            }
        )
        month: Any = self.fields["month"]
        month.offer(_months(choice))
        contracts = [(each.pk, f"{each.number} · {each.service}") for each in choice.contracts]
        carers = [("", _("all carers")), *((each.pk, str(each)) for each in workers)]
        self._offer("contract", contracts, needed=len(contracts) > 1)
        self._offer("worker", carers, needed=not _is_alone(choice, access))

    def _offer(self, name: str, choices: list[tuple[Any, Any]], *, needed: bool) -> None:
        field = self.fields[name]
        if needed and isinstance(field, forms.ChoiceField):
            field.choices = choices
        else:
            del self.fields[name]


def _is_alone(choice: GridChoice, access: Access) -> bool:
    own = carer_only_in(access)
    return choice.contract.organisation_id in own if choice.contract else bool(own)


def _months(choice: GridChoice) -> Iterator[Month]:
    """The months of the contracts from three years ago to two months ahead, and the one that is shown."""
    yield choice.month
    newest = Month.of(timezone.localdate()).next().next()
    oldest = Month(newest.year - 3, newest.month)
    if choice.contracts:
        oldest = max(oldest, Month.of(min(each.valid_from for each in choice.contracts)))
        newest = min(newest, Month.of(max(each.valid_to for each in choice.contracts)))
    month = oldest
    while month <= newest:
        yield month
        month = month.next()


class ImportForm(forms.Form):
    """A diary file and the contract it belongs to."""

    contract: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Contract"),
        empty_label=_("choose the contract"),
        error_messages={
            "required": _("Choose the contract to which the diary belongs."),
            "invalid_choice": _("Choose the contract from the list."),
        },
    )
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        error_messages={
            "required": _("Choose the file of the diary (CSV, XLSX or ODS)."),
            "empty": FILE_REASONS["empty_file"],
            "max_length": _("The name of the file is longer than 255 characters. Give it a shorter one."),
        },
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contracts = Contract.objects.visible_to(access).select_related("service").order_by("number")
        field: Any = self.fields["contract"]
        field.queryset = contracts
        field.label_from_instance = lambda contract: f"{contract.number} · {contract.service}"
        only = list(contracts[:2])
        if len(only) == 1:
            self.initial.setdefault("contract", only[0].pk)
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.ods"

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        limit = file_limits().max_bytes
        size = file.size or 0
        if size > limit:
            sentence = format_lazy(
                FILE_REASONS["too_large"], size=f"{size / MEGABYTE:.0f}", limit=str(limit // MEGABYTE)
            )
            raise ValidationError(str(sentence), code="too_large")
        return file
