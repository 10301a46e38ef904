"""A service and its standard: the activities it is made of and the qualifications it requires."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned

CODE = RegexValidator(
    r"^[a-z0-9_]{1,40}$", _("Use small letters, digits and the underscore only, at most 40 characters.")
)


class Service(TenantOwned):
    """What is delivered, for example care services, with what its standard requires of workers (S-003)."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    required_qualifications = ArrayField(
        models.CharField(max_length=40, validators=[CODE]),
        default=list,
        blank=True,
        verbose_name=_("required qualifications"),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Activity(TenantOwned):
    """An item of the scope of a service: shopping, hygiene, … (S-020)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="activities")
    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

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
