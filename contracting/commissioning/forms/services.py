"""Shapes of input: a service with the rows of its activities, and the dictionary of qualifications."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import CODE, Qualification
from ui.rows import Rows


def _qualification_choices() -> list[tuple[str, str]]:
    return list(Qualification.objects.values_list("code", "name"))


class ServiceForm(forms.Form):
    """A service and what its standard requires of workers."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[CODE],
        help_text=_(
            "Small letters, digits and the underscore, for example “care”. Files and other systems use it."
        ),
    )
    required_qualifications = forms.MultipleChoiceField(
        label=_("Required qualifications"),
        required=False,
        choices=_qualification_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A worker needs all of these on the day of a visit; otherwise the comparison shows W1."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ActivityRow(forms.Form):
    """One activity: its name, the code that decisions and files know it by, whether new decisions may grant it."""

    name = forms.CharField(label=_("name"), max_length=120)
    code = forms.CharField(
        label=_("code"),
        max_length=40,
        required=False,
        validators=[CODE],
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off"}),
    )
    offered = forms.BooleanField(label=_("offered"), required=False, initial=True)


class _FixedCodes(Rows):
    fixed = ("code",)


ActivityRows = forms.formset_factory(
    ActivityRow, formset=_FixedCodes, extra=2, max_num=200, absolute_max=200, can_order=True
)


class QualificationRow(forms.Form):
    """One word of the dictionary."""

    name = forms.CharField(label=_("name"), max_length=120)
    code = forms.CharField(
        label=_("code"),
        max_length=40,
        required=False,
        validators=[CODE],
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off"}),
    )


QualificationRows = forms.formset_factory(
    QualificationRow, formset=_FixedCodes, extra=2, max_num=500, absolute_max=500
)
