"""Forms of what a tenant sends, of notes about it, and of what is asked of the desk."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reporting.statistics.desk.asking import PLACES, TIME, Asked
from reporting.statistics.desk.naming import part_name, span_text
from reporting.statistics.desk.places import Group
from reporting.statistics.desk.spans import Kind
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure import ALL_SERVICES
from reporting.statistics.models import Note, ReleasedCell, SavedReport
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
    topic = forms.ChoiceField(
        label=_("what it is about"), choices=[("", _("choose what it is about")), *Note.Topic.choices]
    )
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
        tenants.queryset = (
            Tenant.objects.present().filter(voivodeship=voivodeship).defer("data_key").order_by("name")
        )
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


KIND_NAMES = {
    Kind.MONTH: pgettext_lazy("desk", "months"),
    Kind.QUARTER: pgettext_lazy("desk", "quarters"),
    Kind.YEAR: pgettext_lazy("desk", "years"),
}
LEVEL_NAMES = {
    ReleasedCell.Level.TENANT: _("tenants"),
    ReleasedCell.Level.COUNTY: _("counties"),
    ReleasedCell.Level.VOIVODESHIP: _("voivodeships"),
}


class AskingForm(forms.Form):
    """The question of an address as controls. It is only shown: `cut_asked` reads the address and makes it whole."""

    indicator = forms.ChoiceField(label=_("indicator"))
    kind = forms.ChoiceField(label=pgettext_lazy("desk", "by"))
    period = forms.ChoiceField(label=pgettext_lazy("label", "period"))
    part = forms.ChoiceField(label=pgettext_lazy("desk", "part"), required=False)
    level = forms.ChoiceField(label=_("places"))
    voivodeship = forms.ChoiceField(label=_("voivodeship"), required=False)
    place = forms.ChoiceField(label=_("place"))
    beside = forms.ChoiceField(label=_("compared with"), required=False)
    view = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, asked: Asked, places: list[Group], *, choose_voivodeship: bool) -> None:
        super().__init__(initial=_initial(asked))
        offered: dict[str, list[Any]] = {
            "indicator": _indicators(),
            "kind": [(one.value, KIND_NAMES[one]) for one in asked.kinds],
            "period": [(str(one), span_text(one)) for one in asked.spans],
            "part": [(one, part_name(asked.indicator, one)) for one in (ALL_SERVICES, *asked.parts)],
            "level": [(one, LEVEL_NAMES[ReleasedCell.Level(one)]) for one in asked.levels],
            "place": list(places),
            "beside": [("", pgettext("desk", "nothing")), *places],
        }
        left_out = {PLACES: ("place", "beside"), TIME: ("level",)}[asked.view]
        if choose_voivodeship and asked.view == PLACES:
            offered["voivodeship"] = [("", gettext("the whole country")), *places[1][1]]
        else:
            left_out = (*left_out, "voivodeship")
        if not asked.parts:
            left_out = (*left_out, "part")
        for name in left_out:
            del self.fields[name]
        for name, choices in offered.items():
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]


def _initial(asked: Asked) -> dict[str, str]:
    return {
        "indicator": asked.indicator.code,
        "kind": asked.kind.value,
        "period": str(asked.span or ""),
        "part": asked.part,
        "level": asked.level,
        "voivodeship": asked.voivodeship,
        "place": asked.place,
        "beside": asked.beside,
        "view": asked.view,
    }


def _indicators() -> list[tuple[str, list[tuple[str, str]]]]:
    """The newest version of every indicator, by topic."""
    newest = {one.code: one for one in dictionary().indicators}
    return [
        (topic_name(topic), [(one.code, words_of(one).name) for one in found])
        for topic, found in groupby(newest.values(), key=lambda one: one.topic)
    ]


class RelocationForm(forms.Form):
    """Where a tenant lies from a 1 January on."""

    tenant = forms.SlugField(
        label=_("address of the tenant"),
        help_text=_("The part of its addresses behind the first slash: barlinek."),
    )
    territory = forms.CharField(
        label=_("new TERC code"), max_length=7, help_text=_("Seven digits, for a county four.")
    )
    valid_from = DayField(label=_("from"), help_text=_("A 1 January."))
    kind = forms.ChoiceField(
        label=_("kind from then on"), required=False, choices=[("", _("as before")), *Tenant.Kind.choices]
    )

    def clean_tenant(self) -> Tenant:
        """The tenant at the address."""
        found = Tenant.objects.filter(slug=self.cleaned_data["tenant"]).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no tenant at this address. Look it up in the list of tenants.")
            )
        return found

    def clean_territory(self) -> Territory:
        """The territory with the code."""
        found = Territory.objects.filter(pk=self.cleaned_data["territory"].strip()).first()
        if found is None:
            raise forms.ValidationError(
                _("The register has no such code. Load the newer register first, then record the change.")
            )
        return found


class ReportForm(forms.Form):
    """Under which name a question is saved, when it is made, and in which form."""

    name = forms.CharField(label=_("name of the report"), max_length=120)
    schedule = forms.ChoiceField(
        label=_("when it is made"),
        choices=SavedReport.Schedule.choices,
        widget=forms.RadioSelect,
        help_text=_("By itself when figures are released; you are told by mail, with a link."),
    )
    form = forms.ChoiceField(
        label=_("kind of file"),
        choices=SavedReport.Form.choices,
        widget=forms.RadioSelect,
        initial=SavedReport.Form.XLSX,
    )
