"""Forms of sessions and referrals."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.periods import local_datetime
from reporting.crisis.actions import SessionEntry
from reporting.crisis.forms.cases import People
from reporting.crisis.forms.moments import instant_in
from reporting.crisis.models import DictionaryEntry, Referral, Session
from ui.days import DayField
from ui.times import TimeField


class SessionForm(forms.Form):
    """A session of a case. The reason is asked for where the limit of the standard is passed."""

    day = DayField(label=_("Day"))
    time = TimeField(label=_("Start"))
    minutes = forms.IntegerField(label=_("Length, minutes"), min_value=1, max_value=600)
    state = forms.ChoiceField(label=_("State"), choices=Session.State.choices, widget=forms.RadioSelect)
    place = forms.ChoiceField(label=_("Place"), choices=Session.Place.choices)
    worker_id = forms.TypedChoiceField(label=_("Interventionist"), coerce=UUID)
    beyond = forms.ChoiceField(
        label=_("Reason beyond the limit"),
        help_text=_("Needed for a session beyond the limit, unless the case has a referral."),
        required=False,
    )

    def __init__(self, *args: Any, people: People, session: Session | None = None, **kwargs: Any) -> None:
        if session is not None:
            shown = local_datetime(session.starts_at)
            kwargs["initial"] = {
                **{name: getattr(session, name) for name in ("minutes", "state", "place", "beyond")},
                "worker_id": str(session.worker_id),
                "day": shown.date(),
                "time": shown.time(),
            }
        super().__init__(*args, **kwargs)
        self.fields["worker_id"].choices = [(str(key), name) for key, name in people]  # type: ignore[attr-defined]
        self.fields["beyond"].choices = [("", "—"), *Session.Beyond.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["starts_at"] = instant_in(self)
        return cleaned

    def entry(self) -> SessionEntry:
        """What the action takes; call it once the form is valid."""
        names = ("starts_at", "minutes", "state", "place", "worker_id", "beyond")
        return SessionEntry(**{name: self.cleaned_data[name] for name in names})


class ReferForm(forms.Form):
    """A referral to an institution of the dictionary."""

    to: Any = forms.ModelChoiceField(label=_("Referred to"), queryset=None)
    made_on = DayField(label=_("Referred on"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        kind = DictionaryEntry.Kind.INSTITUTION
        self.fields["to"].queryset = DictionaryEntry.objects.in_use_on(today).filter(kind=kind)  # type: ignore[attr-defined]


class SettleReferralForm(forms.Form):
    """What became of a referral."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    outcome_on = DayField(label=_("Known on"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            choice for choice in Referral.Outcome.choices if choice[0] != Referral.Outcome.WAITING
        ]
