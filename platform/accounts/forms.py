"""Shapes of input on account pages: allauth's forms without placeholders, labelled as ours are, and the profile."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.trail import note_failed_sign_in

_LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("The same password once more"),
    "code": _("Code"),
    "name": _("Name of the key"),
}
_HINTS = {
    "password1": _(
        "At least 12 characters; a sentence is easy to remember. "
        "Not your name, a common password or only words of your work."
    ),
}


class Plain(forms.Form):
    """No placeholders, which vanish as one types; labels in our words; the browser does not check before us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = _LABELS.get(name, field.label)
            field.help_text = _HINTS.get(name, field.help_text)


class LoginForm(Plain, account.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # allauth puts the link to a new password between label and field; the page has it beside the button.
        self.fields["password"].help_text = ""


class ResetPasswordForm(Plain, account.ResetPasswordForm):
    """The address to which a link goes."""


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):
    """A new password, after the link."""


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    """The present password and the new one."""


class SetPasswordForm(Plain, account.SetPasswordForm):
    """A first password, for who signs in by a passkey only."""


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    """The password once more, before something that guards the account."""


class AddEmailForm(Plain, account.AddEmailForm):
    """A new address."""


class CodeForm(Plain, second_factor.AuthenticateForm):
    """A code of the app, or a recovery code."""


class ReauthenticateCodeForm(Plain, second_factor.ReauthenticateForm):
    """A code once more, before something that guards the account."""


class ActivateAppForm(Plain, totp.ActivateTOTPForm):
    """The first code of the app."""


class AddKeyForm(Plain, webauthn.AddWebAuthnForm):
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with this key alone, without a password")
        passwordless.help_text = _("The device will ask for its PIN, your fingerprint or face each time.")
        self.initial.setdefault("passwordless", True)


class _FailureOnRecord:
    """A key that was not accepted stands on the platform's record, as a wrong password does."""

    user: User | None

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            # Whose key it claims to be comes from the browser and proves nothing.
            note_failed_sign_in(self.user, "webauthn")
            raise


class SignInByKeyForm(_FailureOnRecord, webauthn.LoginWebAuthnForm):
    """A passkey alone."""


class KeyAfterPasswordForm(_FailureOnRecord, webauthn.AuthenticateWebAuthnForm):
    """A key as the second factor."""

    @property
    def has_key(self) -> bool:
        """Whether the person has any key that could be asked for."""
        keys = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN)
        return bool(keys.exists())


class ReauthenticateKeyForm(_FailureOnRecord, webauthn.ReauthenticateWebAuthnForm):
    """A key once more, before something that guards the account."""


class EditKeyForm(Plain, webauthn.EditWebAuthnForm):
    """Another name for a key."""


class ProfileForm(forms.Form):
    """How the person is named and in which language the platform speaks to them."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("pl", "Polski"), ("en", "English")],
        widget=forms.RadioSelect,
        help_text=_("Of the pages and of the mails you get."),
    )
