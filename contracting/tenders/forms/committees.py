"""Forms of the committee: order of appointment, members, declarations, signatures."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.tenders.actions.committees import SeatAsked
from contracting.tenders.actions.declaring import Declared
from contracting.tenders.models import Committee, Offer, Seat
from ui.days import DayField

IMPARTIAL = [("yes", _("I am impartial")), ("no", _("I am not impartial and take no part"))]

LEAST_QUORUM = 2


class CommitteeForm(forms.Form):
    """The order of appointment; fields named in `fixed` are shown and no longer changed."""

    order_number = forms.CharField(label=_("Number of the order"), max_length=80)
    appointed_on = DayField(label=_("Appointed on"), past=True)
    quorum = forms.IntegerField(
        label=_("Quorum"),
        min_value=1,
        max_value=50,
        help_text=_("So many members with a vote must have evaluated an offer for its points to count."),
    )
    spread_percent = forms.IntegerField(
        label=_("Spread that asks for a joint note"),
        min_value=1,
        max_value=100,
        initial=30,
        help_text=_(
            "Where members' points on a criterion lie further apart than this share of the most points, the committee "
            "writes a joint note."
        ),
    )
    without_ngo_reason = forms.ChoiceField(
        label=_("Nobody named by organisations: why"),
        required=False,
        choices=[("", _("persons named by organisations take part")), *Committee.WithoutNgo.choices],
        help_text=_("The law lets a committee work without them for three reasons only (art. 15(2da))."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, fixed: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in fixed:
            self.fields[name].disabled = True

    def clean_quorum(self) -> int:
        quorum: int = self.cleaned_data["quorum"]
        if quorum < LEAST_QUORUM and not self.fields["quorum"].disabled:
            raise forms.ValidationError(
                _("One member alone is no committee: write a quorum of at least %(least)s."),
                params={"least": LEAST_QUORUM},
            )
        return quorum

    def values(self) -> dict[str, Any]:
        """What the actions take, without the stamp."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class SeatForm(forms.Form):
    """A person to be appointed."""

    user = forms.ChoiceField(
        label=_("Person"),
        help_text=_(
            "Listed are people with a role in which one may sit on a committee; invite others first."
        ),
    )
    role = forms.ChoiceField(
        label=pgettext_lazy("on a committee", "Function"), choices=Seat.Role.choices, initial=Seat.Role.MEMBER
    )
    organisation = forms.ChoiceField(
        label=_("Named by"),
        required=False,
        help_text=_(
            "Whom a bidding organisation named, or who belongs to one, the law excludes after the opening."
        ),
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[str, str]],
        organisations: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", "–"), *people]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [("", _("the executive")), *organisations]  # type: ignore[attr-defined]

    def asked(self) -> SeatAsked:
        """What the action takes."""
        organisation = self.cleaned_data["organisation"]
        return SeatAsked(
            UUID(self.cleaned_data["user"]),
            self.cleaned_data["role"],
            UUID(organisation) if organisation else None,
        )


class ReasonForm(forms.Form):
    """A reason that somebody else will read."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DeclarationForm(forms.Form):
    """Impartial or not, for each offer that is given; fields `offer-<id>` and `reason-<id>`.

    `declared` maps the id of an offer to what was declared towards it before.
    """

    def __init__(
        self, *args: Any, offers: Iterable[Offer], declared: Mapping[UUID, bool], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offers = list(offers)
        self.declared = declared
        for offer in self.offers:
            self.fields[f"offer-{offer.pk}"] = forms.ChoiceField(
                label=_("Offer %(number)s") % {"number": offer.number},
                choices=IMPARTIAL,
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"reason-{offer.pk}"] = forms.CharField(
                label=_("Reason, if you are not impartial"), max_length=500, required=False
            )

    def answers(self) -> dict[UUID, Declared]:
        """What was answered; offers left open are left out."""
        found = {}
        for offer in self.offers:
            answer = self.cleaned_data.get(f"offer-{offer.pk}")
            if answer:
                found[offer.pk] = Declared(answer == "yes", self.cleaned_data.get(f"reason-{offer.pk}") or "")
        return found

    def lines(self) -> list[tuple[Offer, Any, Any]]:
        """Offer with its two fields."""
        return [(offer, self[f"offer-{offer.pk}"], self[f"reason-{offer.pk}"]) for offer in self.offers]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for offer in self.offers:
            if cleaned.get(f"offer-{offer.pk}") == "no" and not cleaned.get(f"reason-{offer.pk}"):
                self.add_error(
                    f"reason-{offer.pk}", _("Say in a few words why you take no part in this offer.")
                )
        if not self.errors and not self._says_anything(cleaned):
            for offer in self.offers:
                if offer.pk not in self.declared:
                    self.add_error(
                        f"offer-{offer.pk}",
                        _("Choose whether you are impartial towards this offer: nothing was declared yet."),
                    )
        return cleaned

    def _says_anything(self, cleaned: Mapping[str, Any]) -> bool:
        """Whether an answer is new; what was declared before stands chosen on the page."""
        answers = {offer.pk: cleaned.get(f"offer-{offer.pk}") for offer in self.offers}
        return any(
            answer and self.declared.get(pk) is not (answer == "yes") for pk, answer in answers.items()
        )


class SignatureForm(forms.Form):
    """That a member signed the protocol, or why not."""

    seat = forms.ChoiceField(label=_("Member"))
    signed = forms.TypedChoiceField(
        label=_("Signature"),
        choices=[("yes", pgettext_lazy("protocol", "signed")), ("no", _("did not sign"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    remark = forms.CharField(
        label=_("Remark"),
        max_length=300,
        required=False,
        help_text=_("Needed where the member did not sign."),
    )

    def __init__(self, *args: Any, seats: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = list(seats)  # type: ignore[attr-defined]
