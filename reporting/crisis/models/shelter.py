"""Places of shelter and stays on them."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import OrganisationScoped
from contracting.contracts.models.scopes import to_organisation
from kernel.models import TenantManager, TenantOwned
from reporting.crisis.models.cases import CrisisCase


class PlaceQuerySet(OrganisationScoped):
    def there_between(self, first: date, last: date) -> Self:
        """Places that are there in some night of these days."""
        ends_later = Q(valid_to__isnull=True) | Q(valid_to__gt=first)
        return self.filter(ends_later, valid_from__lte=last)


class ShelterPlace(TenantOwned):
    """One place to sleep, of the unit or of an organisation, from a day and to a day where it was given up."""

    organisation = to_organisation(null=True)
    name = models.CharField(_("name of the place"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(PlaceQuerySet)()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                nulls_distinct=False,
                name="crisis_place_once",
                violation_error_message=_("There is a place of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="crisis_place_period",
                violation_error_message=_("The place ends before it begins: correct one of the dates."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StayQuerySet(OrganisationScoped):
    organisation_path = "place__organisation_id"


class ShelterStay(TenantOwned):
    """Nights of somebody of a case on a place: from the day of coming to the day of leaving, which the next may use.

    `ground` names the provision on which a stay longer than art. 47 (3) rests; empty where it needs none.
    """

    class Ground(models.TextChoices):
        FOREIGNER = "foreigner", _("foreigner with a certificate or permit (art. 47 (3a))")
        VIOLENCE = "violence", _("support centre for persons suffering domestic violence")

    place = models.ForeignKey(ShelterPlace, on_delete=models.PROTECT, related_name="stays")
    case = models.ForeignKey(CrisisCase, on_delete=models.PROTECT, related_name="stays")
    from_day = models.DateField(_("day of coming"))
    to_day = models.DateField(_("day of leaving"))
    ground = models.CharField(_("ground of a longer stay"), max_length=9, choices=Ground.choices, blank=True)
    ended = models.BooleanField(_("has left"), default=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(StayQuerySet)()

    class Meta:
        ordering = ["from_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_day__gt=F("from_day")),
                name="crisis_stay_period",
                violation_error_message=_("The day of leaving must come after the day of coming."),
            ),
            models.CheckConstraint(
                condition=Q(ground__in=["", "foreigner", "violence"]), name="crisis_stay_ground_known"
            ),
            ExclusionConstraint(
                name="crisis_stay_place_free",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    (
                        Func(
                            F("from_day"),
                            F("to_day"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The place is taken on some of these nights."),
            ),
        ]
