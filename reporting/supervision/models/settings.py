"""The terms and limits of supervision of one tenant."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned


class SupervisionSettings(TenantOwned):
    """Terms of one tenant, from its contracts and orders; without a row the defaults of the house hold."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    answer_days = models.PositiveSmallIntegerField(_("days to answer a protocol"), default=14)
    breach_answer_days = models.PositiveSmallIntegerField(_("days to answer a report of a breach"), default=7)
    task_days = models.PositiveSmallIntegerField(
        _("days to act on a recommendation of a dossier"), default=14
    )
    dossier_days = models.PositiveSmallIntegerField(
        _("days to begin the dossier of an accepted month"), default=14
    )
    # Lines by section of the standard; "" for what stands in none.
    criteria = models.JSONField(_("what samples are checked for"), default=dict, blank=True)
    # Lines that the inspector answers beside what the program reads from cards of advice and of crisis cases.
    advice_criteria = models.JSONField(_("what cards of advice are checked for"), default=list, blank=True)
    crisis_criteria = models.JSONField(_("what crisis cases are checked for"), default=list, blank=True)
    # T-06: five persons, as in figures of the region.
    survey_least = models.PositiveSmallIntegerField(
        _("answers from which results of a survey are shown"), default=5
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="supervision_settings_only_row"),
            models.CheckConstraint(
                condition=Q(
                    answer_days__gte=1, breach_answer_days__gte=1, task_days__gte=1, dossier_days__gte=1
                ),
                name="supervision_settings_days",
                violation_error_message=_("A term has at least 1 day."),
            ),
            models.CheckConstraint(
                condition=Q(survey_least__gte=5),
                name="supervision_settings_survey_least",
                violation_error_message=_("Results of fewer than 5 answers are never shown."),
            ),
        ]


SETTING_FIELDS = (
    "answer_days",
    "breach_answer_days",
    "task_days",
    "dossier_days",
    "criteria",
    "advice_criteria",
    "crisis_criteria",
    "survey_least",
    "source",
)
