"""Forms of what a tenant sends, of notes about it, and of what is asked of the desk."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reporting.statistics.desk.asking import PLACES, TIME, Asked
from reporting.statistics.desk.naming import part_name, span_text
from reporting.statistics.desk.places import Group
from reporting.statistics.desk.spans import Kind
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure import ALL_SERVICES
from reporting.statistics.models import Note, ReleasedCell
from reporting.statistics.periods import Period, periods_over
from reporting.statistics.words import indicator_choices, topic_name, words_of
from tenants.models import Tenant, Territory
from ui.days import DayField


class ApprovalForm(forms.Form):
    """The edition of the dictionary whose indicators were previewed."""

    edition = forms.IntegerField(widget=forms.HiddenInput)


class StopForm(forms.Form):
    """Why no figures leave any more."""

    reason = forms.CharField(label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ConfirmForm(forms.Form):
    """Why a doubtful figure is right."""

    note = forms.CharField(
        label=_("why the figure is right"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    """A note of a region: to whom, about what, and what is asked."""

    tenant = forms.ModelChoiceField(
        Tenant.objects.none(), label=_("to which tenant"), empty_label=_("choose a tenant")
    )
    topic = forms.ChoiceField(label=_("what it is about"), choices=Note.Topic.choices)
    period = forms.TypedChoiceField(
        label=_("period"),
        required=False,
        coerce=Period.parse,
        empty_value=None,
        help_text=_("if it is about one"),
    )
    indicator = forms.ChoiceField(label=_("indicator"), required=False, help_text=_("if it is about one"))
    text = forms.CharField(
        label=_("note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Write of figures and periods only: no names, no numbers of persons."),
    )

    def __init__(self, *args: Any, voivodeship: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tenants: Any = self.fields["tenant"]
        tenants.queryset = Tenant.objects.filter(voivodeship=voivodeship).order_by("name")
        tenants.label_from_instance = lambda tenant: tenant.name
        periods: Any = self.fields["period"]
        periods.choices = [("", _("none")), *((one.key, one.name) for one in periods_over())]
        indicators: Any = self.fields["indicator"]
        indicators.choices = [("", _("none")), *indicator_choices()]


class AnswerForm(forms.Form):
    """What is said in a thread, and which messages were seen."""

    text = forms.CharField(
        label=_("text"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Write of figures and periods only: no names, no numbers of persons."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class SeenForm(forms.Form):
    """What was seen of a thread when its end was asked for."""

    seen = forms.CharField(widget=forms.HiddenInput)


from reporting.statistics.words import indicator_choices, topic_name, words_of
from tenants.models import Tenant, Territory
from ui.days import DayField
