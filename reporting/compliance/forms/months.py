"""Forms of a contract's month: its filter, answers to deviations, reasons of a return."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.periods import Month
from reporting.compliance.actions.closing import answer_field
from reporting.compliance.models import Resolution, ReturnedLine
from reporting.compliance.queries.handing_in import LineChecked
from reporting.compliance.rules import Code
from reporting.compliance.terms import CODE_NAMES
from ui.months import MonthField

_MISSING_REASON = _("Write the reason: the other side reads it and acts on it.")
_CODES = [(code.value, code.value) for code in Code]


class MonthsFilter(forms.Form):
    """Which month the list of contracts shows."""

    month = MonthField(label=_("Month"))

    def __init__(self, chosen: Month, offered: Iterable[Month]) -> None:
        super().__init__(initial={"month": str(chosen)})
        month: Any = self.fields["month"]
        month.offer(offered)


class MonthFilter(forms.Form):
    """Which decisions of the month are shown; all of it lives in the address."""

    q = forms.CharField(label=_("number or surname"), required=False, max_length=80)
    code = forms.ChoiceField(label=_("deviation"), required=False, choices=[("", _("any or none")), *_CODES])
    open = forms.BooleanField(label=_("only with open points"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code.value, f"{code.value} {CODE_NAMES[code]}") for code in Code]
        self.fields["code"].choices = [("", _("any or none")), *choices]  # type: ignore[attr-defined]


class ChosenPoints(forms.Field):
    """The deviations that are ticked: each is sent as its code, a space and its subject."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[tuple[str, str]]:
        parts = [one.partition(" ") for one in value or []]
        return [(code, subject) for code, _space, subject in parts]


class AnswerForm(forms.Form):
    """The deviations that an answer is for; it remembers which are ticked, also after a refusal."""

    chosen = ChosenPoints(label=_("Deviations"), required=False)

    def ticked(self) -> frozenset[str]:
        """Subjects of the deviations that were ticked when the form was sent."""
        sent = self["chosen"].value() or [] if self.is_bound else []
        return frozenset(str(one).partition(" ")[2] for one in sent)


class JustifyForm(AnswerForm):
    """One reason for the deviations that are ticked: why they are accepted, or why their minutes are refused."""

    chosen = ChosenPoints(
        label=_("Deviations"),
        error_messages={"required": _("Tick at least one deviation that the reason explains.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", _("choose the reason")),
            (_("Accepted, because"), Resolution.Reason.choices),
            (_("Minutes refused, because"), Resolution.Refusal.choices),
        ],
        error_messages={"required": _("Choose the reason that explains it.")},
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    together = forms.BooleanField(
        label=_("I have looked at each of them: the reason holds for all that is ticked"), required=False
    )

    def __init__(self, typed: QueryDict | None = None) -> None:
        super().__init__(typed, auto_id="explain_%s")

    @property
    def asks_together(self) -> bool:
        """Whether the box is shown: one reason was chosen for what has seldom one."""
        return "together" in self.errors or bool(self["together"].value())


class AcknowledgeForm(AnswerForm):
    """Take notice of the notes that are ticked, or of all there are, of one decision or of the whole month."""

    every = forms.BooleanField(required=False, widget=forms.HiddenInput)
    decision = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, typed: QueryDict | None = None) -> None:
        super().__init__(typed, auto_id="note_%s")


def _reason(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The organisation reads it and corrects by it. Do not write names of persons here."),
        error_messages={"required": _MISSING_REASON},
    )


@dataclass(frozen=True)
class Returnable:
    """A decision that can go back: its id as text, number, and the codes that the month shows for it, with words."""

    key: str
    number: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReturnRow:
    """A decision of the form with its two fields."""

    decision: Returnable
    reason: forms.BoundField
    note: forms.BoundField


class ReturnForm(forms.Form):
    """Why a month goes back: a coded reason for each decision that may be corrected, or a reason for the whole."""

    reason = _reason(required=False)

    def __init__(self, *args: Any, decisions: Sequence[Returnable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decisions = decisions
        choices = [("", _("not returned")), *ReturnedLine.Reason.choices]
        for one in decisions:
            said = {"number": one.number}
            self.fields[f"reason_{one.key}"] = forms.ChoiceField(
                label=format_lazy(_("Decision {number}: reason"), **said), choices=choices, required=False
            )
            self.fields[f"note_{one.key}"] = forms.CharField(
                label=format_lazy(_("Decision {number}: note"), **said), max_length=300, required=False
            )

    def rows(self) -> Iterator[ReturnRow]:
        """The decisions with their fields, in the order of the list."""
        for one in self.decisions:
            yield ReturnRow(one, self[f"reason_{one.key}"], self[f"note_{one.key}"])

    def lines(self) -> list[tuple[str, str, str]]:
        """Key, reason and note of the decisions that go back."""
        told = self.cleaned_data
        found = [
            (one.key, told.get(f"reason_{one.key}", ""), told.get(f"note_{one.key}", "").strip())
            for one in self.decisions
        ]
        return [line for line in found if line[1]]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        for one in self.decisions:
            reason, note = told.get(f"reason_{one.key}"), told.get(f"note_{one.key}")
            if note and reason == "":
                self.add_error(f"reason_{one.key}", _("Choose the reason that your note explains."))
            if reason == ReturnedLine.Reason.OTHER and note == "":
                self.add_error(f"note_{one.key}", _("Write in the note what is to be corrected."))
        if not self.errors and not self.lines() and not told.get("reason", "").strip():
            self.add_error("reason", _MISSING_REASON)
        return told


class HandInForm(forms.Form):
    """What the organisation says to the lines that came back; whoever changed a line may leave it empty."""

    def __init__(self, *args: Any, lines: Sequence[LineChecked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for one in lines:
            line = one.line
            said = _("Corrected in the diary.") if one.is_changed else _("The visits are as they were.")
            self.fields[answer_field(line.decision_id)] = forms.CharField(
                label=format_lazy(
                    _("{number}, returned: {reason}"),
                    number=line.decision.number,
                    reason=" – ".join(part for part in (str(line.get_reason_display()), line.note) if part),
                ),
                help_text=format_lazy(
                    "{said} {remedy}",
                    said=said,
                    remedy=_("A word to the social unit, if you wish.")
                    if one.is_changed
                    else _("Write why they are right, or go back and correct them."),
                ),
                max_length=300,
                required=not one.is_changed,
                error_messages={
                    "required": _(
                        "The visits are as they were: write why they are right, or correct them in the diary."
                    )
                },
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def answers(self) -> dict[UUID, str]:
        """What was written, by decision."""
        return {
            one.line.decision_id: self.cleaned_data.get(answer_field(one.line.decision_id), "")
            for one in self.lines
        }


class ReopenForm(forms.Form):
    """Why an accepted month is opened again."""

    reason = _reason()
