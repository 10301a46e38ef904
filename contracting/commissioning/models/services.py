"""A service and its standard: the activities it is made of and the qualifications it requires."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.models import TenantManager, TenantOwned

CODE = RegexValidator(
    r"^[a-z0-9_]{1,40}$", _("Use small letters, digits and the underscore only, at most 40 characters.")
)


class ServiceQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """A standard is no secret among partners: every member of the tenant sees all services."""
        return self.all() if access.is_member else self.none()


class Qualification(TenantOwned):
    """A word of the tenant's dictionary of qualifications: services require it, workers hold it (S-056)."""

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[CODE],
        error_messages={"unique": _("The dictionary has a qualification with this code already.")},
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Service(TenantOwned):
    """What is delivered, for example care services, with what its standard requires of workers (S-003)."""

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[CODE],
        error_messages={"unique": _("Another service has this code. Choose a different one.")},
    )
    name = models.CharField(_("name"), max_length=120)
    required_qualifications = ArrayField(
        models.CharField(max_length=40, validators=[CODE]),
        default=list,
        blank=True,
        verbose_name=_("required qualifications"),
    )

    objects: ClassVar[Any] = TenantManager.from_queryset(ServiceQuerySet)()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Activity(TenantOwned):
    """An item of the scope of a service: shopping, hygiene, … (S-020).

    Decisions and visits name it by its code, so a code never changes and nothing is removed: an activity that is no
    longer granted stops being `offered`.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="activities")
    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    offered = models.BooleanField(_("offered in new decisions"), default=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "code"],
                name="activity_code_once",
                violation_error_message=_("This service has an activity with this code already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
