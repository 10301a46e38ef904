"""Forms of tokens and webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.ids import new_id
from reporting.exchange.models import Event, Scope
from tenants.models import Organisation
from ui.days import DayField


class _OfOrganisation(forms.Form):
    """What belongs to one organisation of the person; `pk` makes sure that sending it twice makes it once."""

    pk = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.filter(pk__in=access.organisation_ids or ()).order_by("name")
        field: Any = self.fields["organisation"]
        field.queryset = own
        found = list(own[:2])
        if len(found) == 1:
            field.initial, field.widget = found[0].pk, forms.HiddenInput()


class TokenForm(_OfOrganisation):
    """A token to be made."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Which program uses it, so that you know later what stops when you revoke it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it opens"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose only what the program needs."),
    )
    last_day = DayField(label=_("Last day"), help_text=_("At most a year from today."))


class WebhookForm(_OfOrganisation):
    """An address to be told of events."""

    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("A public address of your system that begins with https://."),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"), choices=Event.choices, widget=forms.CheckboxSelectMultiple
    )
