"""The tenant's own rows of statutory limits, beside those that come with the product."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models.services import CODE
from kernel.models import TenantOwned


class LegalLimit(TenantOwned):
    """A limit of the law in a period, with its article and source; `verified` once a person has checked it."""

    code = models.CharField(_("code"), max_length=60, validators=[CODE])
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=30)
    valid_from = models.DateField(pgettext_lazy("law", "valid from"))
    valid_to = models.DateField(pgettext_lazy("law", "valid to"), null=True, blank=True)
    article = models.CharField(_("article"), max_length=120)
    source = models.CharField(_("source"), max_length=300)
    # The first day on which it replaces what was known before; the day after it was entered at the earliest.
    acts_from = models.DateField(default=timezone.localdate, editable=False)
    verified = models.BooleanField(_("checked against the source"), default=False)

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="legal_limit_once",
                violation_error_message=_("This limit has a value valid from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="legal_limit_period",
                violation_error_message=_("The limit ends before it begins: correct one of the dates."),
            ),
        ]
