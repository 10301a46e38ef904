"""Step 1: groups and their needs, the directory of local resources, consultations (S-010 … S-019)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models.cycles import Cycle
from contracting.commissioning.models.services import Activity, Service
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned


class TargetGroup(TenantOwned):
    """A group of people for whom the cycle is made, with their number and where the number is from (S-017, S-019)."""

    class Addressees(models.TextChoices):
        SENIORS = "seniors", _("seniors")
        DISABILITY = "disability", _("persons with disabilities and their families")
        CHILDREN = "children", _("children")
        MENTAL_ILLNESS = "mental_illness", _("persons with mental illness")
        FAMILY_CRISIS = "family_crisis", _("families in crisis")
        VIOLENCE = "violence", _("victims of violence")
        CARERS = "carers", _("carers of dependent persons")
        HOMELESS = "homeless", _("homeless persons")
        PRISONERS = "prisoners", _("persons leaving prison")
        HIV = "hiv", _("persons living with HIV/AIDS")
        MIGRANTS = "migrants", _("migrants")
        ROMA = "roma", _("the Roma community")
        SEX_WORKERS = "sex_workers", _("sex workers")
        PTSD = "ptsd", _("persons with post-traumatic stress")
        OTHER = "other", _("another group")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="groups")
    addressees = models.CharField(_("group"), max_length=20, choices=Addressees.choices)
    description = models.CharField(_("description"), max_length=300, blank=True)
    persons = models.PositiveIntegerField(_("number of persons"))
    source = models.CharField(_("source of the number"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year of the number"))

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "addressees", "description"],
                name="target_group_once",
                violation_error_message=_("The cycle has this group already: change that one."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2100),
                name="target_group_year",
                violation_error_message=_("The year must lie between 1990 and 2100."),
            ),
        ]

    def __str__(self) -> str:
        name = str(self.get_addressees_display())
        return f"{name} – {self.description}" if self.description else name


class Need(TenantOwned):
    """What a group lacks: an activity of the service or a specialism, for so many persons and minutes a month."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="needs")
    group = models.ForeignKey(
        TargetGroup, on_delete=models.PROTECT, related_name="needs", verbose_name=_("group")
    )
    name = models.CharField(_("need"), max_length=160)
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("activity of the service"),
    )
    specialism = models.CharField(_("specialism"), max_length=120, blank=True)
    persons = models.PositiveIntegerField(_("persons"))
    minutes_month = models.PositiveIntegerField(_("minutes a month"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    carried_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "group", "name"],
                name="need_once",
                violation_error_message=_("The group has a need of this name already: change that one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """The directory is for every member of the tenant."""
        return self.all() if access.is_member else self.none()

    def current(self) -> Self:
        """Resources that still exist."""
        return self.filter(retired=False)


class Resource(TenantOwned):
    """A place of help in the tenant's directory: who offers what, where, when, how to reach it (S-013)."""

    class Sector(models.TextChoices):
        PUBLIC = "public", pgettext_lazy("sector", "public")
        NGO = "ngo", pgettext_lazy("sector", "non-governmental")
        PRIVATE = "private", pgettext_lazy("sector", "private")

    institution = models.CharField(_("institution"), max_length=200)
    scope = models.CharField(_("what it offers"), max_length=500)
    address = models.CharField(_("place or address"), max_length=300)
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    contact = models.CharField(_("contact of the institution"), max_length=200, blank=True)
    sector = models.CharField(_("sector"), max_length=10, choices=Sector.choices)
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        related_name="resources",
        null=True,
        blank=True,
        verbose_name=_("service"),
    )
    minutes_month = models.PositiveIntegerField(_("capacity, minutes a month"), null=True, blank=True)
    persons = models.PositiveIntegerField(_("capacity, persons"), null=True, blank=True)
    verified_on = models.DateField(_("last verified on"))
    retired = models.BooleanField(_("no longer there"), default=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(ResourceQuerySet)()

    class Meta:
        ordering = ["institution", "address"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "address", "scope"],
                name="resource_once",
                violation_error_message=_("The directory has this place with this offer already."),
            ),
            models.CheckConstraint(
                condition=Q(sector__in=["public", "ngo", "private"]), name="resource_sector_known"
            ),
        ]

    def __str__(self) -> str:
        return self.institution


class CycleResource(TenantOwned):
    """A resource that the cycle counts on, with the minutes a month it gives: to one need, or to all of them."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="resources")
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="counted_in", verbose_name=_("resource")
    )
    need = models.ForeignKey(
        Need,
        on_delete=models.CASCADE,
        related_name="resources",
        null=True,
        blank=True,
        verbose_name=_("for the need"),
    )
    minutes_month = models.PositiveIntegerField(_("minutes a month"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "resource", "need"],
                nulls_distinct=False,
                name="cycle_resource_once",
                violation_error_message=_("The cycle counts this resource for this need already."),
            ),
        ]


class Consultation(TenantOwned):
    """A talk with the people concerned: when, in which form, with how many, and what came of it."""

    class Form(models.TextChoices):
        MEETING = "meeting", _("open meeting")
        INTERVIEWS = "interviews", _("interviews")
        SURVEY = "survey", _("survey")
        WRITTEN = "written", _("written comments")
        COUNCIL = "council", _("council or advisory body")
        OTHER = "other", _("another form")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="consultations")
    held_on = models.DateField(_("held on"))
    form = models.CharField(_("form"), max_length=12, choices=Form.choices)
    participants = models.PositiveIntegerField(_("participants"))
    conclusions = models.TextField(_("conclusions"), max_length=3000)

    class Meta:
        ordering = ["cycle", "held_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=["meeting", "interviews", "survey", "written", "council", "other"]),
                name="consultation_form_known",
            ),
        ]
