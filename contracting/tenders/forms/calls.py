"""Shapes of input: the list's filters, a new call, and the sections of a call's draft."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Cycle, Service
from contracting.tenders.models import Call
from contracting.tenders.words import CONCEPT_LABELS, CONCEPT_STARTERS
from kernel.access import Access
from kernel.periods import NonexistentTime, local_datetime, resolve_wall_time
from ui.amounts import AmountField
from ui.days import DayField
from ui.times import TimeField

LONGEST = 12_000


class LongTextField(forms.CharField):
    """A text of several lines; browsers end them with CR LF, which is no change of what was stored with LF."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


def long_text(label: Any, help_text: Any = "", *, rows: int = 7, required: bool = False) -> LongTextField:
    """A text of several paragraphs."""
    return LongTextField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class CallFilter(forms.Form):
    """What narrows the list of calls."""

    text = forms.CharField(label=_("Number or title contains"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    service: Any = forms.ModelChoiceField(
        label=_("Service"), queryset=None, required=False, empty_label=pgettext_lazy("services", "all")
    )

    def __init__(self, *args: Any, access: Access, states: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.visible_to(access)  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", pgettext_lazy("states", "all")), *states]  # type: ignore[attr-defined]


class NewCallForm(forms.Form):
    """What a new call begins with."""

    STARTS = [
        ("cycle", _("a cycle: service, scope, indicators, money and form as decided in steps 1 to 4")),
        ("template", _("a template of the office")),
        ("copy", _("an earlier call")),
        ("scratch", _("nothing: an empty call")),
    ]

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("For example: Care services 2027."))
    start = forms.ChoiceField(
        label=_("Begin with"), choices=STARTS, widget=forms.RadioSelect, initial="cycle"
    )
    cycle: Any = forms.ModelChoiceField(label=_("Cycle"), queryset=None, required=False, empty_label="–")
    template: Any = forms.ModelChoiceField(
        label=_("Template"), queryset=None, required=False, empty_label="–"
    )
    earlier: Any = forms.ModelChoiceField(
        label=_("Earlier call"), queryset=None, required=False, empty_label="–"
    )
    service: Any = forms.ModelChoiceField(label=_("Service"), queryset=None, required=False, empty_label="–")
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "–"), *Call.Kind.choices], required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calls = Call.objects.visible_to(access)
        querysets = {
            "cycle": Cycle.objects.visible_to(access).running(),
            "template": calls.templates().order_by("title"),
            "earlier": calls.real().order_by("-created_at"),
            "service": Service.objects.visible_to(access),
        }
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needed = {
            "cycle": ["cycle"],
            "template": ["template"],
            "copy": ["earlier"],
            "scratch": ["service", "kind"],
        }
        for name in needed.get(cleaned.get("start", ""), []):
            if not cleaned.get(name) and name not in self.errors:
                label = str(self.fields[name].label)
                self.add_error(
                    name,
                    ValidationError(
                        _("%(label)s: choose what the call begins with."), params={"label": label}
                    ),
                )
        return cleaned


class SectionForm(forms.Form):
    """A section of a call; `seen` is the stamp of what the editor saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_of(cls, call: Call) -> dict[str, Any]:
        """What the fields show of a call; fields named as the call's own by default."""
        return {name: getattr(call, name) for name in cls.base_fields if name != "seen"}

    def values(self) -> dict[str, Any]:
        """What is written into the call."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class BasicsForm(SectionForm):
    """Title, number, kind and contact."""

    title = forms.CharField(label=_("Title"), max_length=200)
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        required=False,
        help_text=_("As the office numbers its calls, for example 1/2027. Needed to publish."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Call.Kind.choices,
        help_text=_(
            "Which rules the call obeys. Entrusting: full financing. Supporting: with an own contribution."
        ),
    )
    contact = forms.CharField(
        label=_("Contact for questions"),
        max_length=200,
        required=False,
        help_text=_("Public: a post, phone or office address, not a person's name."),
    )
    joint_offers = forms.BooleanField(label=_("Several organisations may make a joint offer"), required=False)

    def values(self) -> dict[str, Any]:
        return {**super().values(), "number": self.cleaned_data["number"].strip() or None}


class TextsForm(SectionForm):
    """The items of the announcement that are texts."""

    task_kind = long_text(_("Kind of the task"), _("What is to be delivered, for whom and where."))
    grant_rules = long_text(_("Rules of granting"), _("Who may bid, what the grant pays for and what not."))
    conditions = long_text(
        _("Dates and conditions of delivery"),
        _("Scope, hours, standard, qualifications, quality indicators and how they are measured."),
        rows=12,
    )
    selection = long_text(
        _("Procedure and criteria of the choice"),
        _("How offers are checked, scored and decided, step by step."),
    )
    earlier_tasks = long_text(
        _("Tasks of this kind this year and last, with their costs"),
        _(
            "What calls here awarded is filled in when the call is made. Add the rest, or write that there were none."
        ),
    )


def split_deadline(deadline: datetime | None) -> dict[str, Any]:
    """A deadline as the day and time that a form shows."""
    if deadline is None:
        return {"deadline_day": None, "deadline_time": None}
    local = local_datetime(deadline)
    return {"deadline_day": local.date(), "deadline_time": local.time().replace(second=0, microsecond=0)}


class DeadlineMixin(forms.Form):
    """The one deadline, asked for as a day and a time on the clocks of Poland."""

    deadline_day = DayField(label=_("Deadline for offers: day"), required=False)
    deadline_time = TimeField(
        label=_("Deadline for offers: time"),
        required=False,
        help_text=_("For example 15:00."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, at = cleaned.get("deadline_day"), cleaned.get("deadline_time")
        cleaned["deadline"] = None
        if (day is None) != (at is None) and not {"deadline_day", "deadline_time"} & set(self.errors):
            lacking = "deadline_time" if at is None else "deadline_day"
            self.add_error(lacking, _("A deadline has a day and a time: enter both."))
        elif day is not None and at is not None:
            try:
                cleaned["deadline"] = resolve_wall_time(day, at)
            except NonexistentTime:
                self.add_error(
                    "deadline_time",
                    _("The clocks skip this hour on that day. Choose an earlier or later time."),
                )
        return cleaned


def amount(label: Any, help_text: Any = "") -> AmountField:
    """An amount of PLN that may be left empty."""
    return AmountField(label=label, help_text=help_text, required=False, max_digits=12)


class ParametersForm(DeadlineMixin, SectionForm):
    """Money and dates, which offers are held to while they are written."""

    funds = amount(_("Funds of the whole call"), _("The public money for all parts together."))
    grant_min = amount(_("Smallest grant"), _("Empty where there is none."))
    grant_max = amount(_("Largest grant"), _("Empty where only the funds limit it."))
    own_share_min = AmountField(
        label=_("Smallest own contribution"),
        help_text=_("Percent of the costs; 0 for an entrusted task."),
        max_digits=5,
        max_value=100,
        initial=0,
    )
    task_from = DayField(label=_("Delivery begins"), required=False)
    task_to = DayField(label=_("Delivery ends"), required=False)
    decision_due_on = DayField(label=_("Choice to be made by"), required=False)
    field_order = (
        "funds",
        "grant_min",
        "grant_max",
        "own_share_min",
        "task_from",
        "task_to",
        "deadline_day",
        "deadline_time",
        "decision_due_on",
    )

    @classmethod
    def initial_of(cls, call: Call) -> dict[str, Any]:
        names = [name for name in cls.base_fields if name not in ("seen", "deadline_day", "deadline_time")]
        return {**{name: getattr(call, name) for name in names}, **split_deadline(call.deadline)}

    def values(self) -> dict[str, Any]:
        values = super().values()
        del values["deadline_day"], values["deadline_time"]
        return values


class ConceptForm(SectionForm):
    """Whether a service concept is asked for, and the question of each of its parts."""

    concept_required = forms.BooleanField(label=_("The offer must have a service concept"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in CONCEPT_LABELS.items():
            starter = CONCEPT_STARTERS[part]
            self.fields[part] = long_text(
                label, _("For example: %(question)s") % {"question": starter}, rows=3
            )

    @classmethod
    def initial_of(cls, call: Call) -> dict[str, Any]:
        return {"concept_required": call.concept_required, **call.concept_questions}

    def values(self) -> dict[str, Any]:
        questions = {
            part: self.cleaned_data[part].strip() for part in CONCEPT_LABELS if self.cleaned_data[part]
        }
        return {"concept_required": self.cleaned_data["concept_required"], "concept_questions": questions}


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, each once, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class FilesForm(SectionForm):
    """Files that an offer must have, a name on each line."""

    required_files = long_text(
        _("Required files"),
        _("One on each line, for example: Statute. Empty where no file is required."),
        rows=5,
    )

    @classmethod
    def initial_of(cls, call: Call) -> dict[str, Any]:
        return {"required_files": "\n".join(call.required_files)}

    def values(self) -> dict[str, Any]:
        return {"required_files": lines_of(self.cleaned_data["required_files"])}


class TitleForm(forms.Form):
    """The title of a template."""

    title = forms.CharField(label=_("Title of the template"), max_length=200)
