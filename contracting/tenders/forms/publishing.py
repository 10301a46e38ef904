"""Shapes of input: publications and their proofs, amendments, annulment, questions, demands for reasons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.tenders.forms.calls import (
    DeadlineMixin,
    amount,
    lines_of,
    long_text,
    split_deadline,
)
from contracting.tenders.models import Call, Offer, Publication
from contracting.tenders.words import CONCEPT_LABELS
from tenants.models import Organisation
from ui.amounts import AmountField
from ui.days import DayField


class PublicationForm(forms.Form):
    """Where and when something was or will be published, with its proof."""

    PLACES = [
        (place, place.label)
        for place in (Publication.Place.BIP, Publication.Place.BOARD, Publication.Place.PRESS)
    ]

    place = forms.ChoiceField(label=_("Place"), choices=PLACES)
    posted_on = DayField(
        label=_("Published on"), help_text=_("A day to come is kept as a plan until its proof is recorded.")
    )
    url = forms.URLField(
        label=_("Address"), max_length=500, required=False, assume_scheme="https", help_text=_("For the BIP.")
    )
    file: Any = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("A photo or scan of the notice: PDF, PNG or JPG, at most 20 MB."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Who saw it where, by post, not by name."),
    )


class AmendForm(DeadlineMixin):
    """Everything that an amendment may change, with its reason."""

    reason = long_text(
        _("Reason of the amendment"), _("Published with the amendment."), rows=3, required=True
    )
    confirm = forms.BooleanField(
        label=_("Offers already handed in must be confirmed or replaced"),
        required=False,
        initial=True,
        help_text=_(
            "Leave it off only where the change cannot matter to any offer, for example a later deadline. "
            "A new part always asks for it."
        ),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    decision_due_on = DayField(label=_("Choice to be made by"))
    task_from = DayField(label=_("Delivery begins"))
    task_to = DayField(label=_("Delivery ends"))
    funds = amount(_("Funds of the whole call"))
    grant_min = amount(_("Smallest grant"))
    grant_max = amount(_("Largest grant"))
    own_share_min = AmountField(label=_("Smallest own contribution"), max_digits=5, max_value=100)
    contact = forms.CharField(label=_("Contact for questions"), max_length=200, required=False)
    joint_offers = forms.BooleanField(label=_("Several organisations may make a joint offer"), required=False)
    task_kind = long_text(_("Kind of the task"))
    grant_rules = long_text(_("Rules of granting"))
    conditions = long_text(_("Dates and conditions of delivery"), rows=10)
    selection = long_text(_("Procedure and criteria of the choice"))
    earlier_tasks = long_text(_("Tasks of this kind this year and last, with their costs"))
    required_files = long_text(_("Required files"), _("One on each line."), rows=4)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("reason", "confirm", "deadline_day", "deadline_time")

    OWN = ("reason", "confirm", "seen", "deadline_day", "deadline_time", "required_files")
    QUESTION = "concept_"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in CONCEPT_LABELS.items():
            self.fields[self.QUESTION + part] = long_text(label, rows=3)

    @classmethod
    def initial_of(cls, call: Call) -> dict[str, Any]:
        names = [name for name in cls.base_fields if name not in cls.OWN]
        return {
            **{name: getattr(call, name) for name in names},
            **split_deadline(call.deadline),
            "required_files": "\n".join(call.required_files),
            **{cls.QUESTION + part: text for part, text in call.concept_questions.items()},
        }

    @property
    def concept_fields(self) -> list[Any]:
        """The questions of the service concept, for the page."""
        return [self[self.QUESTION + part] for part in CONCEPT_LABELS]

    def values(self) -> dict[str, Any]:
        """Fields of the call as they shall be."""
        cleaned = self.cleaned_data
        values = {name: cleaned[name] for name in self.base_fields if name not in self.OWN}
        questions = {part: cleaned[self.QUESTION + part].strip() for part in CONCEPT_LABELS}
        return {
            **values,
            "deadline": cleaned["deadline"],
            "required_files": lines_of(cleaned["required_files"]),
            "concept_questions": {part: text for part, text in questions.items() if text},
        }


class AnnulForm(forms.Form):
    """Why a call ends without a choice."""

    ground = forms.ChoiceField(label=_("Ground"), choices=Call.Ground.choices, widget=forms.RadioSelect)
    reason = long_text(_("Reason"), _("Published on the board with the annulment."), rows=4, required=True)


class QuestionForm(forms.Form):
    """A question on a call."""

    text = forms.CharField(
        label=_("Question"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Published with its answer. Nobody is shown who asked: leave names out of the text too."),
    )
    organisation: Any = forms.ModelChoiceField(label=_("Organisation"), queryset=None)

    def __init__(self, *args: Any, own: frozenset[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=own)
        if len(own) == 1:
            field.initial = next(iter(own))
            field.widget = forms.HiddenInput()


class AnswerForm(forms.Form):
    """The answer to a question."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Public as soon as it is saved; it cannot be changed afterwards."),
    )


class _OfferChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number}. {obj.organisation.name}"


class JustificationForm(forms.Form):
    """A demand for the reasons of the choice; who asked is not kept."""

    received_on = DayField(label=_("Received on"))
    reference = forms.CharField(
        label=_("Reference of the letter"),
        max_length=80,
        help_text=_("Of the office's own register, no name."),
    )
    offer = _OfferChoice(
        label=_("About the offer"), queryset=None, required=False, empty_label=_("the choice as a whole")
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened = Offer.objects.filter(call=call, opened__isnull=False).select_related("organisation")
        self.fields["offer"].queryset = opened  # type: ignore[attr-defined]


class ReasonsForm(forms.Form):
    """The reasons that were given."""

    answer = long_text(_("Justification"), _("What was sent; no name of who asked."), rows=10, required=True)
    answered_on = DayField(label=_("Sent on"))
