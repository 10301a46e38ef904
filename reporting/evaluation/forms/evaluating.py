"""Shapes of input: an evaluation with its questions and recommendations, and an outcome of a cycle."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import QualityIndicator
from reporting.evaluation.models import Evaluation, EvaluationQuestion, OutcomeIndicator, TakenResult
from reporting.evaluation.queries.facts import Fact
from reporting.evaluation.words import result_text
from ui.amounts import AmountField
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


class FactForm(forms.Form):
    """What fills in the result of an outcome: a share, or one count as the part and another as the whole."""

    fact = forms.ChoiceField(label=_("Take part and whole from"), required=False)
    part = forms.ChoiceField(label=_("Result: how many – take from"), required=False)
    whole = forms.ChoiceField(label=_("Result: of how many – take from"), required=False)

    def __init__(self, *args: Any, facts: Sequence[Fact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = [fact for fact in facts if fact.kind == TakenResult.Kind.COUNT]
        # Only shares are parts of a whole; a mean is none.
        shares = [fact for fact in facts if fact.kind == TakenResult.Kind.SHARE]
        self._known = {fact.key: fact for fact in (*shares, *counts)}
        for name, offered in (("fact", shares), ("part", counts), ("whole", counts)):
            field: Any = self.fields[name]
            field.choices = [("", _("choose")), *grouped(offered)]
            if not offered:
                del self.fields[name]

    def taken(self) -> dict[str, Any]:
        """Values of the outcome's form that were chosen: part, whole and their source; empty where nothing was."""
        if not self.is_valid():
            return {}
        chosen = {name: self._known[key] for name, key in self.cleaned_data.items() if key}
        told: dict[str, Any] = {}
        if "fact" in chosen:
            told = {"result_part": chosen["fact"].part, "result_whole": chosen["fact"].whole}
        told |= {f"result_{name}": chosen[name].part for name in ("part", "whole") if name in chosen}
        if told:
            told["source"] = "; ".join(f"{fact.source}: {fact.name}" for fact in chosen.values())[:300]
        return told


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


def _part(label: Any, help_text: Any = "") -> AmountField:
    return AmountField(label=label, max_digits=14, required=False, plain=True, help_text=help_text)


class OutcomeForm(forms.Form):
    """An outcome: what is counted, the target in percent, and what was before and after as a part of a whole."""

    kind = forms.ChoiceField(label=_("What is counted"), choices=OutcomeIndicator.Kind.choices)
    indicator: Any = forms.ModelChoiceField(
        label=_("Indicator of the scope"),
        queryset=None,
        required=False,
        empty_label=_("none of them"),
        help_text=_(
            "For the kind “indicator of the scope”. Its result is carried into step 7 as a percentage."
        ),
    )
    name = forms.CharField(label=_("Name of the outcome"), max_length=200)
    direction = forms.ChoiceField(label=_("Direction"), choices=QualityIndicator.Direction.choices)
    target = AmountField(label=pgettext_lazy("outcome", "Target"), max_digits=6, plain=True)
    baseline_part = _part(_("Before: how many"))
    baseline_whole = _part(_("Before: of how many"))
    result_part = _part(_("Result: how many"))
    result_whole = _part(
        _("Result: of how many"), _("Persons; for benefits złoty paid, and złoty planned as the whole.")
    )
    spent = AmountField(
        label=_("Money spent on it"),
        max_digits=14,
        required=False,
        help_text=_("Empty: what the settlements of the cycle's contracts come to in its period."),
    )
    source = forms.CharField(label=_("Source of the figures"), max_length=300, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = indicators  # type: ignore[attr-defined]
