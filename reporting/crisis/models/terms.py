"""What the tenant works by: dated numbers of the standard, and the dictionaries of problems and institutions."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantManager, TenantOwned

TERM_FIELDS = (
    "session_limit",
    "duty_minimum",
    "meetings_per_week",
    "stay_warning_days",
    "debriefing_days",
)


class StandardTerms(TenantOwned):
    """Numbers of the standard from a day on, with their source; before the first row those of the product hold."""

    valid_from = models.DateField(
        _("valid from"),
        unique=True,
        error_messages={"unique": _("There are numbers from this day already. Choose another day.")},
    )
    session_limit = models.PositiveSmallIntegerField(_("sessions in one case, at most"))
    duty_minimum = models.PositiveSmallIntegerField(_("interventionists on duty, at least"))
    meetings_per_week = models.PositiveSmallIntegerField(_("team meetings a week, at least"))
    stay_warning_days = models.PositiveSmallIntegerField(_("days of warning before a stay reaches its limit"))
    debriefing_days = models.PositiveSmallIntegerField(_("days for a debriefing after a field intervention"))
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(session_limit__gte=1, session_limit__lte=100)
                & Q(duty_minimum__gte=1, duty_minimum__lte=20)
                & Q(meetings_per_week__lte=14, stay_warning_days__lte=60, debriefing_days__lte=60),
                name="crisis_terms_sensible",
            ),
        ]


class DictionaryQuerySet(models.QuerySet[Any]):
    def in_use_on(self, day: Any) -> Self:
        """Entries that may be chosen on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class DictionaryEntry(TenantOwned):
    """A category of problems or an institution that helps; it may be chosen from one day to another, if ended."""

    class Kind(models.TextChoices):
        CATEGORY = "category", _("category of problems")
        INSTITUTION = "institution", _("institution")

    kind = models.CharField(_("dictionary"), max_length=11, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(DictionaryQuerySet)()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["category", "institution"]), name="crisis_dictionary_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="crisis_dictionary_period",
                violation_error_message=_("The entry ends before it begins: correct one of the dates."),
            ),
            models.UniqueConstraint(
                "kind",
                Lower("name"),
                name="crisis_dictionary_once",
                violation_error_message=_("The dictionary has an entry of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
