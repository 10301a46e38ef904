"""Shapes of input: a class of retention, a hold, the protocol of a clearance."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.care.keeping import MatterKind
from reporting.care.models import Person
from reporting.retention.models import Hold, RecordKind, RetentionClass
from ui.days import DayField


class ClassForm(forms.Form):
    """What the unit's index of files says of one kind of matter."""

    kind = forms.ChoiceField(label=_("What is kept"), choices=[*MatterKind.choices, *RecordKind.choices])
    symbol = forms.CharField(label=_("Symbol in the index of files"), max_length=20)
    category = forms.ChoiceField(label=_("Category of archives"), choices=RetentionClass.Category.choices)
    years = forms.IntegerField(
        label=_("Years of keeping"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_(
            "Full years from 1 January after the year in which the matter was closed; none for category A."
        ),
    )
    valid_from = DayField(
        label=_("For matters closed from"),
        help_text=_("Matters closed before this day go by the row before it; without one they are kept."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("Your index of files with the number of the order that brought it in."),
    )


class KeepBackForm(forms.Form):
    """For which case the subject of a line is kept back."""

    reason = forms.ChoiceField(label=_("Why the data are kept back"), choices=Hold.Reason.choices)
    reference = forms.CharField(
        label=_("Reference of the case"), max_length=60, required=False, help_text=_("No names of persons.")
    )


class HoldForm(KeepBackForm):
    """Whose data are kept back, and for which case."""

    code = forms.CharField(
        label=_("Code of the person"), max_length=30, help_text=_("As it stands on the page of the person.")
    )
    field_order = ("code", "reason", "reference")

    def clean_code(self) -> str:
        """The code of a person whose data were not anonymised."""
        code: str = self.cleaned_data["code"].strip()
        self.person: Person | None = Person.objects.known().filter(code=code).first()
        if self.person is None:
            sentence = _("No person has the code %(code)s. Look it up in the list of persons.")
            raise forms.ValidationError(sentence % {"code": code})
        return code


class ProtocolForm(forms.Form):
    """By which approved protocol the list is carried out."""

    protocol = forms.CharField(
        label=_("Number of the approved protocol"),
        max_length=60,
        help_text=_(
            "The protocol of your unit that approves this list, with the state archive's consent where it is needed."
        ),
    )
    approved_on = DayField(label=_("Approved on"))
    expertise = forms.CharField(
        label=_("Decision of the state archive"),
        max_length=60,
        required=False,
        help_text=_("Needed where files of category BE are on the list."),
    )
    # Without it the verb refuses: what was not seen is not approved.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
