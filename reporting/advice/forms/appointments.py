"""Forms of appointments: the filter of the list, booking, the card, referrals."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract, Worker
from kernel.access import Access
from kernel.periods import NonexistentTime, resolve_wall_time
from reporting.advice.actions.booking import Client
from reporting.advice.actions.cards import CardEntry
from reporting.advice.models import Appointment, Availability, Referral, Topic
from reporting.advice.models.wording import Disability, Kind, Place, SignLanguage
from reporting.advice.queries import misses_signing
from reporting.care.models import Person
from ui.days import DayField
from ui.formatting import format_time
from ui.times import TimeField

# Between these nobody is asked whether the time is meant.
_MORNING, _EVENING = time(6), time(22)

_MINUTES = {
    code: _("Write a whole number of minutes from 1 to 720.")
    for code in ("invalid", "min_value", "max_value")
}


def minutes_field(label: Any, *, least: int = 1, required: bool = True, **kwargs: Any) -> forms.IntegerField:
    """Whole minutes, typed as a number."""
    errors = {**_MINUTES, "required": _("Write how many minutes it takes.")}
    if least == 0:
        errors |= {
            code: _("Write a whole number of minutes from 0 to 720, or leave the field empty.")
            for code in ("invalid", "min_value", "max_value")
        }
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=720,
        required=required,
        error_messages=errors,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        **kwargs,
    )


def offer_advisers(field: Any, access: Access) -> None:
    """Let the field offer those who advise before those who do other work; both can be chosen."""
    field.queryset = Worker.objects.visible_to(access).active().select_related("organisation")
    field.label_from_instance = lambda worker: f"{worker} · {worker.code}"
    advise = Exists(Availability.objects.filter(adviser=OuterRef("pk")))
    advised = Exists(Appointment.objects.filter(adviser=OuterRef("pk")))
    groups: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for worker in field.queryset.annotate(advises=Q(advise) | Q(advised)):
        groups[worker.advises].append((str(worker.pk), field.label_from_instance(worker)))
    named = [(_("They advise"), groups[True]), (_("Other workers"), groups[False])]
    offered = (
        named if all(groups.values()) else [(str(pk), name) for each in groups.values() for pk, name in each]
    )
    field.widget.choices = [("", field.empty_label), *(pair for pair in offered if pair[1])]


class OfAccess(forms.Form):
    """A form that knows who fills it in."""

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._access = access


class ClientFields(OfAccess):
    """Who comes: the code of a registered person, or an alias, or nothing at all; and how to remind them."""

    person = forms.CharField(
        label=_("Code of a registered person"),
        max_length=30,
        required=False,
        help_text=_("For example P001. Leave this and the alias empty for somebody who stays anonymous."),
    )
    alias = forms.CharField(
        label=_("Alias"),
        max_length=60,
        required=False,
        help_text=_("What the person wants to be called here, when they do not want to give their name."),
    )
    mail = forms.EmailField(
        label=_("E-mail address for the reminder"),
        required=False,
        help_text=_("Stored encrypted, used for the reminder the day before and for nothing else."),
        error_messages={"invalid": _("This is not an e-mail address. Correct it, or leave the field empty.")},
    )
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 -]{7,18}$",
        label=_("Mobile phone for the reminder"),
        required=False,
        error_messages={
            "invalid": _(
                "This is not a phone number. Write for example 600 100 200, or leave the field empty."
            )
        },
    )

    disability = forms.ChoiceField(
        label=_("Disability"),
        required=False,
        choices=[("", _("nothing was said")), *Disability.choices],
        help_text=_("A statement of the person is enough. Ask nobody for a certificate."),
    )

    def clean_person(self) -> Person | None:
        code = self.cleaned_data["person"].strip()
        if not code:
            return None
        found: Person | None = Person.objects.visible_to(self._access).filter(code=code).first()
        if found is None:
            raise ValidationError(
                _("There is no person with the code “%(code)s” here. Correct it, or write an alias instead."),
                code="unknown_person",
                params={"code": code},
            )
        return found

    def clean_alias(self) -> str:
        alias = " ".join(self.cleaned_data["alias"].split())
        if alias.replace(" ", "").isdecimal() and len(alias.replace(" ", "")) == 11:
            raise ValidationError(_("An alias must not be a PESEL."), code="pesel_as_alias")
        return alias

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("person") and cleaned.get("alias"):
            self.add_error("alias", _("Give a registered person or an alias, not both."))
        return cleaned

    def client(self) -> Client:
        """Who was written."""
        data = self.cleaned_data
        phone = data["phone"].replace(" ", "").replace("-", "")
        return Client(data["person"], data["alias"], data["mail"], phone, data["disability"])


class WhenFields(OfAccess):
    """When, with whom and where an appointment takes place; `starts_at` of the cleaned data is the instant."""

    adviser: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Adviser"),
        empty_label=_("choose the adviser"),
        error_messages={
            "required": _("Choose the adviser."),
            "invalid_choice": _("Choose the adviser from the list."),
        },
    )
    day = DayField(label=_("Day"))
    start = TimeField(label=_("Start"))
    minutes = minutes_field(_("Minutes"))
    place = forms.ChoiceField(label=_("Place"), choices=Place.choices)
    where = forms.CharField(
        label=_("Where"), max_length=120, required=False, help_text=_("For example the room or the point.")
    )
    companion = forms.CharField(
        label=_("Worker who goes along"),
        max_length=120,
        required=False,
        help_text=_("Needed for the first visit at home, and wherever nobody goes alone."),
    )
    presence = forms.CharField(
        label=_("Somebody else on the premises"),
        max_length=160,
        required=False,
        help_text=_(
            "At the office, where no hours or appointments of another adviser cover this time: who will be there, or "
            "why nobody is."
        ),
    )

    at_night = forms.BooleanField(label=_("The advice is really given at this time"), required=False)
    unsigned = forms.BooleanField(label=_("This adviser all the same"), required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        offer_advisers(self.fields["adviser"], access)

    @property
    def wish(self) -> str:
        """The sign language that the person needs, a value of SignLanguage."""
        raise NotImplementedError

    @cached_property
    def unsigning(self) -> Worker | None:
        """The chosen adviser, where the person needs one who signs and this one does not; one or two queries."""
        if self.is_bound:
            chosen = self.cleaned_data.get("adviser")
        else:
            fields: Any = self.fields
            chosen = fields["adviser"].queryset.filter(pk=self["adviser"].value()).first()
        return chosen if chosen is not None and misses_signing(chosen, self.wish) else None

    @property
    def asks_at_night(self) -> bool:
        """Whether the box is shown: the time is one at which hardly anybody comes."""
        return "at_night" in self.errors or bool(self["at_night"].value())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("day") and cleaned.get("start"):
            try:
                cleaned["starts_at"] = resolve_wall_time(cleaned["day"], cleaned["start"])
            except NonexistentTime:
                self.add_error("start", _("The clocks skip this time on that night. Choose another one."))
            if cleaned.get("minutes") and not cleaned.get("at_night"):
                self._ask_about_night(cleaned)
        if not cleaned.get("unsigned") and self.unsigning is not None:
            sentence = _("%(adviser)s does not sign, and the person needs an adviser who does.")
            error = ValidationError(sentence, code="unsigned", params={"adviser": self.unsigning})
            self.add_error("unsigned", error)
        return cleaned

    def _ask_about_night(self, cleaned: dict[str, Any]) -> None:
        """03:00 for 15:00 is typed easily, and then somebody stands before a closed door."""
        start = datetime.combine(cleaned["day"], cleaned["start"])
        end = start + timedelta(minutes=cleaned["minutes"])
        if cleaned["start"] < _MORNING or end > datetime.combine(cleaned["day"], _EVENING):
            sentence = _(
                "Advice from %(start)s to %(end)s would be at night. Correct the time, or say that it is so."
            )
            told = {"start": format_time(cleaned["start"]), "end": format_time(end.time())}
            self.add_error("at_night", ValidationError(sentence, code="at_night", params=told))


class MoveForm(WhenFields):
    """Another time or adviser for an appointment."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, wish: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wish = wish

    @property
    def wish(self) -> str:
        return self._wish


class BookForm(WhenFields, ClientFields):
    """An appointment to be booked. For a request, who comes is known and not asked."""

    kind = forms.ChoiceField(label=_("Type of advice"), choices=Kind.choices)
    sign_language = forms.ChoiceField(label=_("Sign language"), choices=SignLanguage.choices, required=False)
    two_people_needed = forms.BooleanField(
        label=_("Never alone"),
        required=False,
        help_text=_("For the adviser's safety: from now on nobody visits this person at home alone."),
    )
    contract: Any = forms.ModelChoiceField(
        queryset=None, label=_("Contract"), required=False, empty_label=_("none: own staff of the unit")
    )
    field_order = (
        "kind", "adviser", "day", "start", "minutes", "place", "where", "companion", "two_people_needed", "presence",
        "person", "alias", "mail", "phone", "disability", "sign_language", "contract",
    )  # fmt: skip

    def __init__(self, *args: Any, access: Access, for_request: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        contracts: Any = self.fields["contract"]
        contracts.queryset = Contract.objects.visible_to(access).select_related("service").order_by("number")
        contracts.label_from_instance = lambda contract: f"{contract.number} · {contract.service}"
        if for_request:
            for name in ("person", "alias", "mail", "phone", "disability"):
                del self.fields[name]

    @property
    def wish(self) -> str:
        return str(self["sign_language"].value() or SignLanguage.NONE)


class CardForm(forms.Form):
    """The card of advice: how long, how deep, about what in general, and the time around it."""

    minutes = minutes_field(_("Session, minutes"))
    depth = forms.ChoiceField(label=_("Depth"), choices=Appointment.Depth.choices, widget=forms.RadioSelect)
    topic: Any = forms.ModelChoiceField(
        queryset=None, label=_("General topic"), required=False, empty_label=_("not in the list")
    )
    topic_words = forms.CharField(
        label=_("Topic in words"),
        max_length=120,
        required=False,
        help_text=_("So general that it betrays nobody. What is confidential belongs into the note."),
    )
    preparation_minutes = minutes_field(_("Preparation, minutes"), least=0, required=False)
    documentation_minutes = minutes_field(_("Documentation, minutes"), least=0, required=False)
    travel_minutes = minutes_field(_("Travel, minutes"), least=0, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics: Any = self.fields["topic"]
        topics.queryset = Topic.objects.filter(active=True)

    def entry(self) -> CardEntry:
        """What was written."""
        data = self.cleaned_data
        return CardEntry(
            minutes=data["minutes"],
            depth=data["depth"],
            topic=data["topic"],
            topic_words=data["topic_words"],
            preparation_minutes=data["preparation_minutes"] or 0,
            documentation_minutes=data["documentation_minutes"] or 0,
            travel_minutes=data["travel_minutes"] or 0,
        )


class ListFilter(forms.Form):
    """What the list shows; its fields are the parts of the address."""

    first = DayField(label=_("From day"), required=False)
    last = DayField(label=_("To day"), required=False)
    kind = forms.ChoiceField(
        label=_("Type of advice"), required=False, choices=[("", _("all")), *Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *Appointment.State.choices]
    )
    place = forms.ChoiceField(label=_("Place"), required=False, choices=[("", _("all")), *Place.choices])
    depth = forms.ChoiceField(
        label=_("Depth"), required=False, choices=[("", _("all")), *Appointment.Depth.choices]
    )


class ReferralForm(forms.Form):
    """Where somebody is sent for further help."""

    referred_to = forms.CharField(
        label=_("Referred to"),
        max_length=200,
        help_text=_(
            "An institution or kind of help, for example: family therapy, centre for crisis intervention."
        ),
        error_messages={"required": _("Write where the person was sent.")},
    )
    referred_on = DayField(label=_("Day"), past=True, nearby=20)


class OutcomeForm(forms.Form):
    """What came of a referral."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Referral.Outcome.choices, widget=forms.RadioSelect
    )
    outcome_on = DayField(label=_("Known since"), past=True, nearby=20, required=False)
