"""Forms of what a tenant sends: reasons, and which preview was looked at."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ApprovalForm(forms.Form):
    """The edition of the dictionary whose indicators were previewed."""

    edition = forms.IntegerField(widget=forms.HiddenInput)


class StopForm(forms.Form):
    """Why no figures leave any more."""

    reason = forms.CharField(label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ConfirmForm(forms.Form):
    """Why a doubtful figure is right."""

    note = forms.CharField(
        label=_("why the figure is right"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
