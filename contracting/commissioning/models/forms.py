"""Step 3: the forms of realisation, compared on criteria with reasons; one is chosen (S-030)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models.cycles import Cycle
from kernel.models import TenantOwned


class FormOption(TenantOwned):
    """A form of realisation as it was weighed; the chosen one fixes which rules the choice of the contractor obeys.

    `scores` maps the code of a criterion of the cycle to {"points": 0…5, "reason": text}.
    """

    class Form(models.TextChoices):
        OWN = "own", _("own delivery by the unit")
        ENTRUST = "entrust", _("entrusting a task (open call)")
        SUPPORT = "support", _("supporting a task (open call)")
        SMALL_GRANT = "small_grant", _("small grant (without a call)")
        PROCUREMENT = "procurement", _("public procurement")
        PARTNERSHIP = "partnership", _("partnership")
        NEIGHBOUR = "neighbour", _("neighbour services")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="form_options")
    form = models.CharField(_("form"), max_length=15, choices=Form.choices)
    scores = models.JSONField(_("points by criterion"), default=dict, blank=True)
    reason = models.TextField(_("reasons"), max_length=3000, blank=True)
    chosen = models.BooleanField(_("chosen"), default=False)

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "form"],
                name="form_option_once",
                violation_error_message=_("This form is being compared already."),
            ),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(chosen=True),
                name="form_option_one_chosen",
                violation_error_message=_("Another form is chosen already."),
            ),
            models.CheckConstraint(
                condition=Q(chosen=False) | ~Q(reason=""),
                name="form_option_chosen_with_reason",
                violation_error_message=_("A form is chosen with its reasons: write them."),
            ),
        ]
