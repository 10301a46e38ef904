"""Shapes of input of inspections: plan, sample, protocol, findings with recommendations, answers."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.people import unit_people
from contracting.contracts.models import Contract
from documents.uploads import Upload, check_upload
from kernel.access import Access
from kernel.periods import Month
from reporting.compliance.queries.kinds import ADVICE, CARE, CRISIS
from reporting.supervision.actions import FindingEntry, InspectionPlan, RecommendationEntry
from reporting.supervision.models import SUBJECTS, Finding, Inspection, SampledItem
from ui.days import DayField
from ui.months import MonthField
from ui.rows import Rows

_MOST_DRAWN = 200

_MOST_FILES = 3


def long_text(label: Any, *, help_text: Any = "", rows: int = 5, most: int = 10_000, **options: Any) -> Any:
    """A field of several lines."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, max_length=most, widget=area, **options)


class ContractChoice(forms.ModelChoiceField):
    """Contracts by number, with the organisation and the service."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.organisation} · {obj.service}"


def contract_field() -> Any:
    """A choice of contracts, to be filled with `offer_contracts`."""
    return ContractChoice(
        label=_("Contract"), queryset=None, error_messages={"required": _("Choose the contract.")}
    )


def offer_contracts(form: forms.Form, access: Access) -> None:
    """Let the contracts be chosen that the person may see; where there is one, it is chosen."""
    contracts = Contract.objects.visible_to(access).select_related("organisation", "service")
    field: Any = form.fields["contract"]
    field.queryset = contracts.order_by("number")
    if "contract" not in form.initial and len(found := list(contracts[:2])) == 1:
        form.initial["contract"] = found[0]


class PlanForm(forms.Form):
    """Who inspects what, when, and whether the organisation is told beforehand."""

    kind = forms.ChoiceField(
        label=_("What is inspected"), choices=Inspection.Kind.choices, widget=forms.RadioSelect
    )
    subject = forms.CharField(
        label=_("Subject"),
        max_length=300,
        help_text=_("For example: cards of first contact, diaries and qualifications of carers."),
    )
    planned_on = DayField(label=_("Planned on"))
    inspector = forms.ChoiceField(label=_("Inspector"))
    announced = forms.BooleanField(
        label=_("Announced: the organisation sees it in its plan from today"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(pk): name for pk, name in unit_people()}
        self.fields["inspector"].choices = list(self._people.items())  # type: ignore[attr-defined]

    def plan(self) -> InspectionPlan:
        """What was typed."""
        typed = self.cleaned_data
        return InspectionPlan(
            kind=typed["kind"],
            subject=typed["subject"],
            planned_on=typed["planned_on"],
            inspector_name=self._people[typed["inspector"]],
            inspector_id=UUID(typed["inspector"]),
            announced=typed["announced"],
        )


class NewPlanForm(PlanForm):
    """The same, with the contract."""

    contract: Any = contract_field()
    field_order = ("contract",)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contracts(self, access)


class ReasonForm(forms.Form):
    """Why something is called off, dropped or closed."""

    reason = long_text(_("Reason"), rows=3, most=1000)


class SampleForm(forms.Form):
    """What is drawn, how and how much; the seed is made where none is written."""

    _OFFERED = {
        CARE: [
            ("decisions", pgettext_lazy("sample", "decisions with all their documents")),
            ("visits", pgettext_lazy("sample", "single visits")),
        ],
        ADVICE: [("cards", pgettext_lazy("sample", "cards of advice"))],
        CRISIS: [("cases", pgettext_lazy("sample", "crisis cases with their documents"))],
    }

    of = forms.ChoiceField(label=_("What is drawn"), widget=forms.RadioSelect)
    method = forms.ChoiceField(
        label=_("How the sample is drawn"),
        choices=Inspection.Method.choices,
        widget=forms.RadioSelect,
        initial="random",
    )
    month: Any = MonthField(label=_("Month"))
    size = forms.IntegerField(label=_("How many"), min_value=1, max_value=_MOST_DRAWN, initial=5)
    seed = forms.CharField(
        label=_("Seed"),
        max_length=40,
        required=False,
        help_text=_("Leave empty, or write a seed to draw an earlier sample again."),
    )

    def __init__(self, *args: Any, months: list[Month], services: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of: Any = self.fields["of"]
        of.choices = [
            choice for service, offered in self._OFFERED.items() if service in services for choice in offered
        ]
        of.initial = of.choices[0][0]
        self.fields["month"].offer(months)  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """One question of completeness after another, each yes, no or does not apply."""

    CHOICES = [
        ("yes", pgettext_lazy("documentation", "is there")),
        ("no", pgettext_lazy("documentation", "is missing")),
        ("na", pgettext_lazy("documentation", "does not apply")),
    ]

    def __init__(self, *args: Any, item: SampledItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, check in enumerate(item.checks):
            self.fields[f"check_{place}"] = forms.ChoiceField(
                label=check["label"],
                choices=self.CHOICES,
                widget=forms.RadioSelect,
                initial=check["answer"] or None,
                error_messages={"required": _("Choose one of the answers.")},
            )
        self.fields["note"] = long_text(
            _("Note"),
            rows=2,
            most=500,
            required=False,
            initial=item.note,
            help_text=_("Do not write names of persons here."),
        )

    def answers(self) -> dict[int, str]:
        """Answers by the place of the question."""
        return {
            int(name.removeprefix("check_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("check_")
        }


class ProtocolForm(forms.Form):
    """When the inspection was held, with whom and how it went."""

    held_on = DayField(label=pgettext_lazy("inspection", "Held on"), past=True)
    present = forms.CharField(label=_("Present for the organisation"), max_length=300, required=False)
    protocol = long_text(
        _("Course of the inspection"),
        rows=10,
        help_text=_("What was looked at and how. What was found is written as findings."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class FindingForm(forms.Form):
    """What was found, how grave it is, and at which item of the sample."""

    severity = forms.ChoiceField(
        label=_("Severity"), choices=Finding.Severity.choices, widget=forms.RadioSelect
    )
    text = long_text(_("Finding"), most=3000)
    item: Any = forms.ModelChoiceField(
        label=_("Found at"), queryset=None, required=False, empty_label=_("the whole inspection")
    )

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.queryset = inspection.items.select_related(*SUBJECTS)
        field.label_from_instance = lambda item: (
            f"{item.place}. {item.number}" + (f", {item.visit_on:%d.%m.%Y}" if item.visit_on else "")
        )

    def entry(self, rows: Any) -> FindingEntry:
        """What was typed, with the rows of recommendations."""
        typed = self.cleaned_data
        return FindingEntry(
            severity=typed["severity"],
            text=typed["text"],
            item=typed["item"],
            recommendations=[
                RecommendationEntry(row["text"], row["owner"], row["due_on"]) for row in _typed(rows)
            ],
        )


class RecommendationRow(forms.Form):
    """One recommendation: what, who, by when."""

    text = forms.CharField(
        label=_("what is to be done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input-wide", "rows": 2}),
    )
    owner = forms.CharField(label=_("who"), max_length=150)
    due_on = DayField(label=_("by when"))


RecommendationRows: Any = forms.formset_factory(
    RecommendationRow, formset=Rows, extra=1, max_num=20, absolute_max=20, can_delete=True
)


def _typed(rows: Any) -> list[dict[str, Any]]:
    """Stored rows stay although nobody touched them; empty extra rows and removed ones go."""
    return [
        row.cleaned_data
        for place, row in enumerate(rows.forms)
        if (place < rows.initial_form_count() or row.has_changed()) and not row.cleaned_data.get("DELETE")
    ]


class AnswerForm(forms.Form):
    """What the organisation answers."""

    answer = long_text(_("Answer"), rows=8, help_text=_("Do not write names of persons here."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, _MOST_FILES + 1):
            self.fields[f"file_{number}"] = forms.FileField(
                label=_("Attachment %(number)s") % {"number": number}, required=False
            )
        self.fields["file_1"].help_text = _("PDF, PNG, JPG, DOCX, XLSX, ODT or ODS, each at most 20 MB.")

    def uploads(self) -> list[Upload]:
        """The files brought, checked. Raises DomainError naming the file that cannot be taken."""
        brought = {
            name: file for name, file in self.cleaned_data.items() if name.startswith("file_") and file
        }
        return [check_upload(file, field=name) for name, file in brought.items()]


class ReportForm(forms.Form):
    """What the organisation did about a recommendation."""

    report = long_text(_("What was done"), rows=4, most=1000)


class FollowUpForm(forms.Form):
    """Whether a recommendation was carried out, and how that was seen."""

    result = forms.ChoiceField(
        label=_("Was it carried out?"),
        choices=[
            ("done", pgettext_lazy("recommendation", "carried out")),
            ("not_done", pgettext_lazy("recommendation", "not carried out")),
        ],
        widget=forms.RadioSelect,
    )
    note = long_text(_("What the check showed"), rows=4, most=1000)


class CloseForm(forms.Form):
    """The word with which an inspection is closed."""

    note = long_text(_("Closing note"), rows=4, most=1000)
