"""Values that appointments, slots and requests of advice share, and who a person of advice is (S-108)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What the advice is about; counted apart (S-100)."""

    LEGAL = "legal", pgettext_lazy("advice", "legal")
    PSYCHOLOGICAL = "psychological", pgettext_lazy("advice", "psychological")
    FAMILY = "family", pgettext_lazy("advice", "family")
    OTHER = "other", pgettext_lazy("advice", "other")


class Place(models.TextChoices):
    OFFICE = "office", pgettext_lazy("place of advice", "office")
    MOBILE = "mobile", pgettext_lazy("place of advice", "mobile point")
    HOME = "home", pgettext_lazy("place of advice", "at home")
    REMOTE = "remote", pgettext_lazy("place of advice", "remote")


class SignLanguage(models.TextChoices):
    """Whether sign language is needed and through which channel (S-105)."""

    NONE = "none", _("not needed")
    ADVISER = "adviser", _("the adviser signs")
    INTERPRETER = "interpreter", _("an interpreter is present")
    VIDEO = "video", _("an interpreter by video")


class Disability(models.TextChoices):
    """How the unit knows of a disability: the person's statement suffices, nobody needs a certificate (S-106)."""

    STATEMENT = "statement", pgettext_lazy("evidence of a disability", "own statement")
    CERTIFICATE = "certificate", pgettext_lazy("evidence of a disability", "certificate")


class AdvisedPerson(models.Model):
    """Who is advised: a registered person, somebody known by an alias, or, with neither, somebody anonymous.

    Ways to reach them are encrypted and used for reminders only.
    """

    person = models.ForeignKey(
        "care.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    alias = models.CharField(_("alias"), max_length=60, blank=True)
    # Empty: nothing was said, which is not the same as no disability.
    disability = models.CharField(
        _("disability"), max_length=11, choices=Disability.choices, blank=True, default=""
    )
    mail_encrypted = models.BinaryField(null=True, blank=True, editable=False)
    phone_encrypted = models.BinaryField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        """The person as somebody of the tenant may read it."""
        if self.person is not None:
            return str(self.person)
        return self.alias or _now("anonymous person")


def known_values(field: str, choices: type[models.TextChoices]) -> Q:
    """The condition of a CHECK: the field holds one of the choices."""
    return Q(**{f"{field}__in": list(choices.values)})


KNOWN_DISABILITY: Any = Q(disability="") | known_values("disability", Disability)
ONE_NAME: Any = Q(person__isnull=True) | Q(alias="")
