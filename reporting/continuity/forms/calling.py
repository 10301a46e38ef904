"""Shape of input: what became of an attempt to reach a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.continuity.models import ReachNote


class ReachForm(forms.Form):
    """One attempt."""

    outcome = forms.ChoiceField(
        label=_("What became of it?"),
        choices=ReachNote.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what became of it.")},
    )
    remark = forms.CharField(
        label=_("Remark"),
        max_length=300,
        required=False,
        help_text=_("Whom you spoke to and what was arranged. It is stored encrypted."),
    )
