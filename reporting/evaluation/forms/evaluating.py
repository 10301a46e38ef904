"""Shapes of input: an evaluation with its questions and recommendations, and results taken into it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.evaluation.models import Evaluation, EvaluationQuestion
from reporting.evaluation.queries.facts import Fact
from reporting.evaluation.words import result_text
from ui.days import DayField
from ui.rows import Rows


class EvaluationForm(forms.Form):
    """When which evaluation is due, who answers for it, and what it comes to."""

    kind = forms.ChoiceField(label=_("Kind of evaluation"), choices=Evaluation.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=160)
    due_on: Any = DayField(label=_("Due on"))
    owner_id = forms.TypedChoiceField(label=_("Owner"), required=False, empty_value=None)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What the evaluation comes to. Needed to finish it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner_id"]
        by_key = {str(key): key for key, _name in people}
        owner.choices = [("", _("nobody yet")), *((str(key), name) for key, name in people)]
        owner.coerce = by_key.__getitem__


_WIDE = {"class": "input-wide", "rows": 2}


class QuestionRow(forms.Form):
    """A question, how it is looked into, and what was found."""

    question = forms.CharField(label=_("question"), max_length=300, widget=forms.Textarea(attrs=_WIDE))
    technique = forms.ChoiceField(
        label=_("technique"),
        choices=EvaluationQuestion.Technique.choices,
        initial=EvaluationQuestion.Technique.DOCUMENTS,
    )
    source = forms.CharField(label=_("where the facts are from"), max_length=300, required=False)
    finding = forms.CharField(
        label=_("finding"), max_length=3000, required=False, widget=forms.Textarea(attrs=_WIDE)
    )


class RecommendationRow(forms.Form):
    """What is recommended, to whom, by when, and whether the next diagnosis takes it over."""

    text = forms.CharField(label=_("recommendation"), max_length=500, widget=forms.Textarea(attrs=_WIDE))
    addressee = forms.CharField(label=_("to whom"), max_length=160, required=False)
    due_on: Any = DayField(label=_("by when"), required=False)
    is_lesson = forms.BooleanField(label=_("a lesson for the next cycle"), required=False)


class TakingForm(forms.Form):
    """Which result of surveys, inspections and programmes is taken, and for which question."""

    fact = forms.ChoiceField(label=_("Result"), error_messages={"required": _("Choose the result.")})
    question = forms.ChoiceField(label=_("For the question"), required=False)

    def __init__(self, *args: Any, facts: Sequence[Fact], questions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = {fact.key: fact for fact in facts}
        fact: Any = self.fields["fact"]
        fact.choices = [("", _("choose")), *grouped(facts)]
        question: Any = self.fields["question"]
        question.choices = [("", _("the whole evaluation")), *((one, one) for one in questions)]

    @property
    def chosen(self) -> Fact:
        """The result that was chosen."""
        return self._known[self.cleaned_data["fact"]]


def grouped(facts: Sequence[Fact]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of results by their source, each with the figures that it is computed from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for fact in facts:
        found.setdefault(fact.source, []).append((fact.key, f"{fact.name}: {result_text(fact)}"))
    return list(found.items())


QuestionRows = forms.formset_factory(
    QuestionRow, formset=Rows, extra=1, max_num=40, absolute_max=40, can_delete=True
)
RecommendationRows = forms.formset_factory(
    RecommendationRow, formset=Rows, extra=1, max_num=40, absolute_max=40, can_delete=True
)


def kept_rows(formset: Any) -> list[dict[str, Any]]:
    """Stored rows stay although nobody touched them; empty extra rows and removed ones go."""
    return [
        row.cleaned_data
        for place, row in enumerate(formset.forms)
        if (place < formset.initial_form_count() or row.has_changed()) and not row.cleaned_data.get("DELETE")
    ]
