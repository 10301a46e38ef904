"""Points where people come for help, and the hours in which points and telephones are to be answered."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import OrganisationScoped
from contracting.contracts.models.scopes import to_organisation
from kernel.models import TenantManager, TenantOwned


class ContactPoint(TenantOwned):
    """A point of a centre as people find it: where it is, how it is marked, who can enter and be heard (S-128)."""

    class Access(models.TextChoices):
        SIGN_OUTSIDE = "sign_outside", _("sign that is seen from the street")
        SIGN_INSIDE = "sign_inside", _("way marked inside the building")
        RECEPTION = "reception", _("reception apart, where nobody else waits")
        ROOM = "room", _("room for a talk alone")
        STEP_FREE = "step_free", _("entrance without steps")
        LIFT = "lift", _("lift, or everything on the ground floor")
        TOILET = "toilet", _("toilet for people in wheelchairs")
        LOOP = "loop", _("induction loop")
        SIGN_LANGUAGE = "sign_language", _("Polish Sign Language")
        TRANSPORT = "transport", _("stop of public transport nearby")
        PARKING = "parking", _("parking space for people with disabilities")

    organisation = to_organisation(null=True)
    name = models.CharField(_("name of the point"), max_length=80)
    address = models.CharField(_("address"), max_length=200)
    way = models.CharField(_("how to find it"), max_length=500, blank=True)
    marking = models.CharField(_("how it is marked"), max_length=300, blank=True)
    is_first = models.BooleanField(_("place of the first contact"), default=False)
    access = ArrayField(
        models.CharField(max_length=13, choices=Access.choices),
        default=list,
        blank=True,
        verbose_name=_("accessibility"),
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(OrganisationScoped)()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                nulls_distinct=False,
                name="crisis_point_once",
                violation_error_message=_("There is a point of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="crisis_point_period",
                violation_error_message=_("The point ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(
                    access__contained_by=[
                        "sign_outside",
                        "sign_inside",
                        "reception",
                        "room",
                        "step_free",
                        "lift",
                        "toilet",
                        "loop",
                        "sign_language",
                        "transport",
                        "parking",
                    ]
                ),
                name="crisis_point_access_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def access_words(self) -> list[str]:
        """What the point offers, in words, in the order of the list."""
        return [str(label) for code, label in self.Access.choices if code in self.access]

    @property
    def lacks_marking(self) -> bool:
        """Whether people who come for the first time find no sign."""
        return self.is_first and self.Access.SIGN_OUTSIDE not in self.access


class HoursQuerySet(OrganisationScoped):
    def between(self, first: date, last: date) -> Self:
        """Hours that hold on some day of these."""
        ends_later = Q(valid_to__isnull=True) | Q(valid_to__gte=first)
        return self.filter(ends_later, valid_from__lte=last)


class OpeningHours(TenantOwned):
    """When a point, or the telephone where there is no point, is to be answered by so many people.

    `opens` and `closes` are minutes of the day on the wall clock; beyond 1440 it closes on the next day. Rows of a
    centre add up: each asks for people of its own. `reason` says why fewer than the standard asks for (S-123); how
    many those are, the tenant sets by date, so that the database cannot ask for it.
    """

    organisation = to_organisation(null=True)
    point = models.ForeignKey(
        ContactPoint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hours",
        verbose_name=_("point"),
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days"))
    on_holidays = models.BooleanField(_("also on public holidays"), default=False)
    opens = models.PositiveSmallIntegerField(_("from"))
    closes = models.PositiveSmallIntegerField(_("to"))
    people = models.PositiveSmallIntegerField(_("interventionists on duty, at least"))
    reason = models.CharField(_("why fewer than the standard asks for"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(HoursQuerySet)()

    class Meta:
        ordering = ["point__name", "opens", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]) & ~Q(weekdays=[]),
                name="crisis_hours_weekdays",
                violation_error_message=_("Choose at least one day of the week."),
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=1440, closes__gt=F("opens"), closes__lte=F("opens") + 1440),
                name="crisis_hours_of_day",
            ),
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=20), name="crisis_hours_people"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="crisis_hours_period",
                violation_error_message=_("The hours end before they begin: correct one of the dates."),
            ),
        ]

    @property
    def is_round_the_clock(self) -> bool:
        return len(self.weekdays) == 7 and self.on_holidays and self.closes - self.opens == 1440
