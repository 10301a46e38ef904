"""Forms of the diary: what the grid shows, and a file to be read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Worker
from kernel.access import Access
from reporting.delivery.choices import GridChoice
from reporting.delivery.models import sees_own_visits_only
from ui.fields import MonthInput


class GridFilter(forms.Form):
    """Which contract, month and worker the grid shows; its fields are the parts of the address."""

    month = forms.CharField(label=_("Month"), widget=MonthInput, required=False)
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
        contracts = [(each.pk, f"{each.number} · {each.service}") for each in choice.contracts]
        carers = [("", _("all carers")), *((each.pk, str(each)) for each in workers)]
        self._offer("contract", contracts, needed=len(contracts) > 1)
        self._offer("worker", carers, needed=not sees_own_visits_only(access))

    def _offer(self, name: str, choices: list[tuple[Any, Any]], *, needed: bool) -> None:
        field = self.fields[name]
        if needed and isinstance(field, forms.ChoiceField):
            field.choices = choices
        else:
            del self.fields[name]
