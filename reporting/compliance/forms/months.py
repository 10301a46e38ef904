"""Forms of a contract's month: its filter, answers to deviations, reasons of a return."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.compliance.models import Resolution
from reporting.compliance.rules import Code
from reporting.compliance.terms import CODE_NAMES

_CODES = [(code.value, code.value) for code in Code]


class MonthFilter(forms.Form):
    """Which decisions of the month are shown; all of it lives in the address."""

    q = forms.CharField(label=_("number or surname"), required=False, max_length=80)
    code = forms.ChoiceField(label=_("deviation"), required=False, choices=[("", _("any or none")), *_CODES])
    open = forms.BooleanField(label=_("only with open points"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code.value, f"{code.value} {CODE_NAMES[code]}") for code in Code]
        self.fields["code"].choices = [("", _("any or none")), *choices]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """An answer to one deviation, which is named by code and subject."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=2)
    subject = forms.CharField(widget=forms.HiddenInput, max_length=200)
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("choose the reason")), *Resolution.Reason.choices],
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class AcknowledgeForm(forms.Form):
    """Take notice of all open notes, of one decision or of the whole month."""

    decision = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """Why a month goes back, and which decisions may be corrected (none chosen: all)."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The organisation reads it and corrects by it. Do not write names of persons here."),
        error_messages={"required": _("Write the reason: the other side reads it and acts on it.")},
    )
    decisions = forms.MultipleChoiceField(
        label=_("Decisions to correct"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none chosen the whole month can be corrected."),
    )

    def __init__(self, *args: Any, decisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decisions"].choices = decisions  # type: ignore[attr-defined]


class ReopenForm(forms.Form):
    """Why an accepted month is opened again."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
