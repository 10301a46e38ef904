"""Shapes of input of posting offers of small grants: the summary, its places, comments and how they are considered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.days import DayField


class PostingForm(forms.Form):
    """What the public reads of the offer."""

    title = forms.CharField(label=_("Title of the task"), max_length=200)
    summary = forms.CharField(
        label=_("Summary of the offer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What will be done, for whom, where and when. Leave out names and contacts of persons."),
    )
    comments_to = forms.CharField(
        label=_("How to comment"),
        max_length=300,
        help_text=_("The office's address or e-mail to which anybody may send comments."),
    )


class PlaceForm(forms.Form):
    """When the offer was posted in a place, and how one knows."""

    PLACES = [("bip", _("Public Information Bulletin (BIP)")), ("board", _("notice board at the seat"))]

    place = forms.ChoiceField(label=_("Place"), choices=PLACES)
    posted_on = DayField(label=_("Posted on"))
    proof = forms.CharField(
        label=_("Proof"),
        max_length=500,
        help_text=_("The address of the page, or who saw it where."),
    )


class CommentForm(forms.Form):
    """A comment that came."""

    received_on = DayField(label=_("Received on"))
    text = forms.CharField(
        label=_("Comment"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What it says about the offer. Leave out who sent it and other data of persons."),
    )


class ConsiderForm(forms.Form):
    """How a comment was considered."""

    answer = forms.CharField(
        label=_("How it was considered"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was found and what follows for the decision. It stays as it is saved."),
    )
