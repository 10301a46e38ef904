"""Forms of the formal check and of the bidder's correction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.tenders.actions.checking import PointChecked
from contracting.tenders.queries.formal import point_title
from contracting.tenders.rules.formal import FormPoint
from contracting.tenders.words import title_of
from kernel.periods import WARSAW
from ui.days import DayField
from ui.times import TimeField

MET = [("yes", _("met")), ("no", _("not met"))]
PASS, FAIL, CORRECT = "pass", "fail", "correct"


class CheckForm(forms.Form):
    """The points of one offer; `verb` says what follows: it passes, fails, or is to be corrected."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The bidder reads it. Needed where the offer fails or is to be corrected."),
    )
    paths = forms.MultipleChoiceField(
        label=_("Fields to correct"), required=False, widget=forms.CheckboxSelectMultiple
    )
    until_on = DayField(label=_("Correction until, day"), required=False)
    until_at = TimeField(label=_("hour"), required=False)
    verb = forms.ChoiceField(choices=[(PASS, ""), (FAIL, ""), (CORRECT, "")], widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        points: Sequence[FormPoint],
        paths: Sequence[str],
        known: dict[str, list[Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.points = points
        self.fields["paths"].choices = [(path, title_of(path)) for path in paths]  # type: ignore[attr-defined]
        for point in points:
            passed, remark = known.get(point.key, [point.seen, ""])
            initial = {True: "yes", False: "no"}.get(passed)
            self.fields[f"point-{point.key}"] = forms.ChoiceField(
                label=str(point_title(point.key)), choices=MET, widget=forms.RadioSelect, initial=initial
            )
            self.fields[f"remark-{point.key}"] = forms.CharField(
                label=_("Remark"), max_length=300, required=False, initial=remark
            )

    def lines(self) -> list[tuple[FormPoint, Any, Any]]:
        """Point with its two fields."""
        return [(point, self[f"point-{point.key}"], self[f"remark-{point.key}"]) for point in self.points]

    def checked(self) -> dict[str, PointChecked]:
        """What the actions take."""
        return {
            point.key: PointChecked(
                self.cleaned_data[f"point-{point.key}"] == "yes", self.cleaned_data[f"remark-{point.key}"]
            )
            for point in self.points
        }

    def until(self) -> datetime:
        """The last moment of the correction, local time."""
        return datetime.combine(self.cleaned_data["until_on"], self.cleaned_data["until_at"], WARSAW)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verb") == FAIL and not cleaned.get("reason"):
            self.add_error("reason", _("Give the reason: the bidder reads it."))
        if cleaned.get("verb") == CORRECT:
            for name in ("paths", "until_on", "until_at", "reason"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed for a correction."))
        return cleaned


class CorrectionForm(forms.Form):
    """The fields that the bidder was asked to correct, and no others."""

    def __init__(self, *args: Any, paths: Iterable[str], values: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paths = list(paths)
        for place, path in enumerate(self.paths):
            name = f"field-{place}"
            if path.startswith("declarations."):
                self.fields[name] = forms.BooleanField(
                    label=str(title_of(path)),
                    error_messages={"required": _("Tick it, or leave the page.")},
                )
                self.initial[name] = values.get(path) is True
            else:
                self.fields[name] = forms.CharField(
                    label=str(title_of(path)),
                    max_length=250,
                    initial=values.get(path) or "",
                )

    def values(self) -> dict[str, Any]:
        """Path → what was typed."""
        return {path: self.cleaned_data[f"field-{place}"] for place, path in enumerate(self.paths)}

    def name_of(self, path: str) -> str | None:
        """The field of a path."""
        return f"field-{self.paths.index(path)}" if path in self.paths else None
