"""Shapes of input of surveys: questionnaires with their questions, the plan of a survey, answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import Access
from kernel.periods import Month
from reporting.supervision.actions import QuestionnaireEntry, SurveyPlan
from reporting.supervision.forms.inspections import contract_field, long_text, offer_contracts
from reporting.supervision.models import Inspection, Invitation, Questionnaire, SurveyResponse
from reporting.supervision.queries.surveys import newest_published
from reporting.supervision.rules.surveys import CHOICE, LONGEST_TEXT, SCALE, TEXT, Answer
from ui.days import DayField
from ui.months import MonthField
from ui.rows import Rows

_MOST_DRAWN, _MOST_QUESTIONS, _MOST_OPTIONS, _OPTION_LENGTH = 500, 40, 12, 100
KIND_WORDS = {
    SCALE: pgettext_lazy("question", "scale 1–5"),
    CHOICE: pgettext_lazy("question", "choice"),
    TEXT: pgettext_lazy("question", "text"),
}
_SCALE_CHOICES = [
    ("1", _("1 – very bad")),
    ("2", _("2 – bad")),
    ("3", _("3 – neither good nor bad")),
    ("4", _("4 – good")),
    ("5", _("5 – very good")),
]


class QuestionnaireForm(forms.Form):
    """What the questionnaire is called and who answers it."""

    title = forms.CharField(label=_("Title"), max_length=150)
    audience = forms.ChoiceField(
        label=_("For whom"), choices=Questionnaire.Audience.choices, widget=forms.RadioSelect
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def entry(self, rows: Any) -> QuestionnaireEntry:
        """What was typed, with the rows of questions."""
        typed = self.cleaned_data
        return QuestionnaireEntry(typed["title"], typed["audience"], _questions(rows))


class QuestionRow(forms.Form):
    """One question: its words, how it is answered, and the options of a choice."""

    text = forms.CharField(
        label=_("question"),
        max_length=300,
        widget=forms.Textarea(attrs={"class": "input-wide", "rows": 2}),
    )
    kind = forms.ChoiceField(label=_("how it is answered"), choices=list(KIND_WORDS.items()))
    options = forms.CharField(
        label=_("options of a choice, one line each"),
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"class": "input-wide", "rows": 2}),
    )

    def clean_options(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["options"].splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line))
        if len(kept) > _MOST_OPTIONS or any(len(line) > _OPTION_LENGTH for line in kept):
            raise forms.ValidationError(
                _("Write at most %(most)s options of at most %(length)s characters."),
                params={"most": _MOST_OPTIONS, "length": _OPTION_LENGTH},
            )
        return kept

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        options = typed.get("options")
        if options is None:
            return typed
        if typed.get("kind") == CHOICE and len(options) < 2:
            self.add_error("options", _("A choice needs at least two options."))
        elif typed.get("kind") in {SCALE, TEXT} and options:
            self.add_error("options", _("Only a choice has options: remove them, or choose “choice”."))
        return typed


QuestionRows: Any = forms.formset_factory(
    QuestionRow,
    formset=Rows,
    extra=1,
    max_num=_MOST_QUESTIONS,
    absolute_max=_MOST_QUESTIONS,
    can_delete=True,
)


def _questions(rows: Any) -> list[dict[str, Any]]:
    """Questions as the model keeps them; empty extra rows and removed ones go."""
    return [
        {name: row.cleaned_data[name] for name in ("kind", "text", "options")}
        for place, row in enumerate(rows.forms)
        if (place < rows.initial_form_count() or row.has_changed()) and not row.cleaned_data.get("DELETE")
    ]


class StartForm(forms.Form):
    """Whom the survey asks with which questionnaire, over which months, and how the sample is drawn."""

    contract: Any = contract_field()
    questionnaire = forms.ChoiceField(
        label=_("Questionnaire"), error_messages={"required": _("Choose the questionnaire.")}
    )
    first_month: Any = MonthField(label=_("First month"))
    last_month: Any = MonthField(label=_("Last month"))
    method = forms.ChoiceField(
        label=_("How the sample is drawn"),
        choices=Inspection.Method.choices,
        widget=forms.RadioSelect,
        initial="random",
    )
    size = forms.IntegerField(label=_("How many"), min_value=1, max_value=_MOST_DRAWN, initial=20)
    closes_on = DayField(label=_("Answers by"))
    seed = forms.CharField(
        label=_("Seed"),
        max_length=40,
        required=False,
        help_text=_("Leave empty, or write a seed to draw an earlier sample again."),
    )

    def __init__(self, *args: Any, access: Access, months: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contracts(self, access)
        self._known = {str(row.pk): row for row in newest_published()}
        questionnaire: Any = self.fields["questionnaire"]
        questionnaire.choices = [
            (pk, f"{row} · {row.get_audience_display()}") for pk, row in self._known.items()
        ]
        if not self._known:
            questionnaire.choices = [("", _("none is published yet"))]
            questionnaire.help_text = _("First write one under “Questionnaires” and publish it.")
        for name in ("first_month", "last_month"):
            self.fields[name].offer(months)  # type: ignore[attr-defined]

    @property
    def chosen_questionnaire(self) -> Questionnaire:
        """The version that was chosen."""
        return self._known[self.cleaned_data["questionnaire"]]

    def plan(self) -> SurveyPlan:
        """What was typed of the sample."""
        typed = self.cleaned_data
        return SurveyPlan(
            first=typed["first_month"],
            last=typed["last_month"],
            method=typed["method"],
            size=typed["size"],
            closes_on=typed["closes_on"],
            seed=typed["seed"],
        )


class MailingForm(forms.Form):
    """An address for each invitation that waits; empty where no link is to be mailed."""

    def __init__(self, *args: Any, invitations: Sequence[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._invitations = invitations
        for one in invitations:
            self.fields[f"mail_{one.place}"] = forms.EmailField(
                label=_("E-mail address, %(number)s") % {"number": one.number},
                required=False,
                max_length=254,
                widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            )

    def cells(self) -> list[forms.BoundField]:
        """The fields in the order of the invitations."""
        return [self[f"mail_{one.place}"] for one in self._invitations]

    def addresses(self) -> dict[UUID, str]:
        """Addresses by invitation; empty ones left out."""
        typed = {one.pk: self.cleaned_data[f"mail_{one.place}"] for one in self._invitations}
        return {pk: address for pk, address in typed.items() if address}


class AnswersForm(forms.Form):
    """One field after another for the questions of a questionnaire; none has to be answered."""

    def __init__(self, *args: Any, questions: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds = [question["kind"] for question in questions]
        for place, question in enumerate(questions):
            self.fields[f"answer_{place}"] = _answer_field(f"{place + 1}. {question['text']}", question)

    def answers(self) -> list[Answer]:
        """What was typed, in the order of the questions."""
        found: list[Answer] = []
        for place, kind in enumerate(self._kinds):
            typed = self.cleaned_data[f"answer_{place}"]
            found.append((typed if kind == TEXT else int(typed)) if typed else None)
        return found


class EnteredForm(AnswersForm):
    """The same, entered by the unit for somebody who answered on paper or by telephone."""

    channel = forms.ChoiceField(
        label=_("How it was answered"),
        choices=[
            (one.value, one.label) for one in (SurveyResponse.Channel.PAPER, SurveyResponse.Channel.PHONE)
        ],
        widget=forms.RadioSelect,
    )


def _answer_field(label: str, question: dict[str, Any]) -> Any:
    if question["kind"] == TEXT:
        return long_text(
            label,
            rows=3,
            most=LONGEST_TEXT,
            required=False,
            help_text=_("Do not write names of persons here."),
        )
    choices: list[Any] = _SCALE_CHOICES
    if question["kind"] == CHOICE:
        choices = [(str(place), option) for place, option in enumerate(question["options"])]
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)
