"""Shapes of input: an outcome of a cycle, what fills it in, and an entry of the dictionary of outcomes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import QualityIndicator
from reporting.evaluation.forms.evaluating import grouped
from reporting.evaluation.models import OutcomeKind, TakenResult
from reporting.evaluation.queries.facts import Fact
from ui.amounts import AmountField


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


def _part(label: Any, help_text: Any = "") -> AmountField:
    return AmountField(label=label, max_digits=14, required=False, plain=True, help_text=help_text)


class OutcomeForm(forms.Form):
    """An outcome: what is counted, the target in percent, and what was before and after as a part of a whole."""

    kind: Any = forms.ModelChoiceField(
        label=_("What is counted"),
        queryset=None,
        required=False,
        empty_label=_("an indicator of the scope, chosen below"),
    )
    indicator: Any = forms.ModelChoiceField(
        label=_("Indicator of the scope"),
        queryset=None,
        required=False,
        empty_label=_("none of them"),
        help_text=_(
            "Where an indicator of the scope is measured: its result is carried into step 7 as a percentage."
        ),
    )
    name = forms.CharField(label=_("Name of the outcome"), max_length=200)
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[
            ("", _("as the dictionary or the indicator says")),
            *QualityIndicator.Direction.choices,
        ],
    )
    target = AmountField(label=pgettext_lazy("outcome", "Target"), max_digits=6, plain=True)
    baseline_part = _part(_("Before: how many"))
    baseline_whole = _part(_("Before: of how many"))
    result_part = _part(_("Result: how many"))
    result_whole = _part(
        _("Result: of how many"),
        _("In the unit of what is counted; of money złoty paid, and złoty planned as the whole."),
    )
    spent = AmountField(
        label=_("Money spent on it"),
        max_digits=14,
        required=False,
        help_text=_("Empty: what the settlements of the cycle's contracts come to in its period."),
    )
    source = forms.CharField(label=_("Source of the figures"), max_length=300, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kinds: Any, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["indicator"].queryset = indicators  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        counted = cleaned.get("kind") or cleaned.get("indicator")
        if not cleaned.get("direction") and counted:
            cleaned["direction"] = counted.direction
        return cleaned


class KindForm(forms.Form):
    """An entry of the dictionary of outcomes."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Who or what is counted: “persons who took up work”.")
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=OutcomeKind.Unit.choices)
    method = forms.CharField(
        label=_("How it is measured"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who counts, of how many, and by which documents."),
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=QualityIndicator.Direction.choices,
        help_text=_(
            "Whether a result reaches its target from above or from below; each outcome may say otherwise."
        ),
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=300,
        help_text=_("Where it is from: a standard, a report, an order."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
