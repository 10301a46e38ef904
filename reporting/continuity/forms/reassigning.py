"""Shapes of input: where persons are moved and from when; numbers of the decisions that a human issues."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from reporting.care.models import Decision
from reporting.continuity.models import ReassignmentLine
from ui.days import DayField


class _TargetChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.organisation} · {obj.number}"


class TargetForm(forms.Form):
    """The contract that takes the persons over, and the day from which it does."""

    target: Any = _TargetChoice(
        label=_("Contract that takes over"),
        queryset=None,
        empty_label=_("choose"),
        error_messages={"required": _("Choose the contract that takes the persons over.")},
    )
    first_day = DayField(
        label=_("From the day"),
        help_text=_("The first day under the new contract; the old one ends the day before."),
    )

    def __init__(self, *args: Any, source: Contract, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Contract.objects.filter(service=source.service_id, valid_to__gte=today).exclude(pk=source.pk)
        self.fields["target"].queryset = (  # type: ignore[attr-defined]
            others.select_related("organisation", "service").order_by("organisation__name", "number")
        )


class MoveForm(TargetForm):
    """The same, with the decisions that move: all of them are ticked until somebody unticks one."""

    def __init__(self, *args: Any, decisions: Sequence[Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decisions"] = forms.TypedMultipleChoiceField(
            label=_("Who moves"),
            choices=[(str(one.pk), one.number) for one in decisions],
            coerce=UUID,
            error_messages={
                "required": _("Tick at least one person who moves."),
                "invalid_choice": _(
                    "A decision that was ticked holds no longer on that day: look at the list again."
                ),
            },
        )

    def ticked(self) -> set[str]:
        """The decisions that are ticked, by id as text."""
        if not self.is_bound:
            return {key for key, _number in self.fields["decisions"].choices}  # type: ignore[attr-defined]
        return set(self["decisions"].value() or [])


class IssueForm(forms.Form):
    """The day of issue, and a number for each prepared amendment that is to be issued now; the rest wait."""

    issued_on = DayField(label=_("Issued on"))

    def __init__(self, *args: Any, lines: Sequence[ReassignmentLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = lines
        for line in lines:
            self.fields[self.field_of(line)] = forms.CharField(
                label=_("Number of the decision that amends %(number)s") % {"number": line.decision.number},
                max_length=60,
                required=False,
            )

    @staticmethod
    def field_of(line: ReassignmentLine) -> str:
        """The name of the field of a line."""
        return f"number_{line.pk.hex}"

    def numbered(self) -> list[tuple[ReassignmentLine, str]]:
        """The lines that were given a number."""
        given = ((line, self.cleaned_data.get(self.field_of(line), "")) for line in self._lines)
        return [(line, number) for line, number in given if number]

    def has_numbers(self) -> bool:
        """Whether any number was typed, right or wrong."""
        return any(self[self.field_of(line)].value() for line in self._lines)

    def without(self, lines: Collection[UUID]) -> "IssueForm":
        """A form that says the same of the lines that are left, for one of them was dropped meanwhile."""
        left = [line for line in self._lines if line.pk not in lines]
        return IssueForm(initial=dict(self.data.items()), lines=left)

    def rows(self) -> list[tuple[ReassignmentLine, Any]]:
        """Each line that still waits with its field, for the table."""
        waiting = [line for line in self._lines if line.state == ReassignmentLine.State.PREPARED]
        return [(line, self[self.field_of(line)]) for line in waiting]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        numbers = [number for _line, number in self.numbered()]
        for line, number in self.numbered():
            if numbers.count(number) > 1:
                self.add_error(
                    self.field_of(line),
                    _("You wrote the number %(number)s twice. Each decision has its own.")
                    % {"number": number},
                )
        return cleaned
