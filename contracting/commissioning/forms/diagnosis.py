"""Shapes of input of step 1: rows of groups, needs, counted resources, consultations and of the self-diagnosis."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.forms.rows import Blankable, Level, ObjectChoice, RowForm, rows_of
from contracting.commissioning.models import Consultation, StandardVersion, TargetGroup
from ui.days import DayField
from ui.durations import DurationField

_TEXT = forms.Textarea(attrs={"rows": 2})
LEVELS = [
    (0, _("0 – nothing")),
    (1, _("1 – beginnings")),
    (2, _("2 – half")),
    (3, _("3 – mostly")),
    (4, _("4 – in full")),
]


def _persons() -> forms.IntegerField:
    too_few = _("%(value)s persons are too few: write at least 1, or remove the row.")
    return forms.IntegerField(
        label=_("persons"), min_value=1, max_value=10_000_000, error_messages={"min_value": too_few}
    )


class GroupRow(RowForm):
    """One group, with its number of persons and where the number is from."""

    addressees = Blankable(label=_("group"), choices=TargetGroup.Addressees.choices)
    description = forms.CharField(label=_("closer description"), max_length=300, required=False)
    persons = _persons()
    source = forms.CharField(label=_("source of the number"), max_length=300)
    year = forms.IntegerField(label=_("year"), min_value=1990, max_value=2100)


class NeedRow(RowForm):
    """One need of a group, in persons and minutes a month."""

    group = ObjectChoice(label=_("group"))
    name = forms.CharField(label=_("need"), max_length=160)
    activity = ObjectChoice(label=_("activity"), required=False)
    specialism = forms.CharField(label=_("or specialism"), max_length=120, required=False)
    persons = _persons()
    minutes_month = DurationField(label=_("hours a month, all persons"), max_minutes=100_000_000)
    note = forms.CharField(label=_("note"), max_length=500, required=False)


class CountedResourceRow(RowForm):
    """A resource of the directory that the cycle counts on."""

    resource = ObjectChoice(label=_("resource"))
    need = ObjectChoice(label=_("for the need (empty: for all)"), required=False)
    minutes_month = DurationField(label=_("hours a month"), min_minutes=0, max_minutes=100_000_000)
    note = forms.CharField(label=_("note"), max_length=300, required=False)


class ConsultationRow(RowForm):
    """One talk with the people concerned."""

    held_on = DayField(label=_("held on"), past=True)
    form = Blankable(label=_("form"), choices=Consultation.Form.choices)
    participants = forms.IntegerField(label=_("participants"), min_value=0, max_value=1_000_000)
    conclusions = forms.CharField(label=_("conclusions"), max_length=3000, widget=_TEXT)


class AreaRow(RowForm):
    """One area of the self-diagnosis, with its line of the plan of adjustment."""

    section = Blankable(label=_("section of the standard"), choices=StandardVersion.Section.choices)
    area = forms.CharField(label=_("area"), max_length=160)
    level_now = Level(label=_("level now"), labels=LEVELS)
    level_wanted = Level(label=_("level wanted"), labels=LEVELS)
    measure = forms.CharField(label=_("what will be done"), max_length=500, required=False, widget=_TEXT)
    owner_id = ObjectChoice(label=_("owner"), required=False)
    due_on = DayField(label=_("due on"), required=False)
    done_on = DayField(label=_("done on"), required=False)


GroupRows = rows_of(GroupRow)
NeedRows = rows_of(NeedRow)
CountedResourceRows = rows_of(CountedResourceRow)
ConsultationRows = rows_of(ConsultationRow, extra=1)
AreaRows = rows_of(AreaRow)
