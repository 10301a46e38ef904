"""Workers: who delivers, with their qualifications."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models.scopes import OrganisationScoped, to_organisation
from kernel.anonymity import ANONYMISED
from kernel.models import TenantManager, TenantOwned


class WorkerQuerySet(OrganisationScoped):
    def known(self) -> Self:
        """Workers whose names were not taken off after the term of keeping."""
        return self.filter(anonymised_at__isnull=True)

    def active(self) -> Self:
        """Workers whose work has not ended."""
        return self.filter(active=True)


class Worker(TenantOwned):
    """Who delivers: a carer or adviser employed by an organisation.

    `user_id` is the account with which they see and write their own visits; `ended_on` the last day of ended work.
    `anonymised_at` is when the name was taken off after the term of keeping; none comes back to that row.
    """

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        error_messages={"unique": _("Another worker has this code. Choose a different one.")},
    )
    surname = models.CharField(_("surname"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80)
    organisation = to_organisation()
    user_id = models.UUIDField(null=True, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    ended_on = models.DateField(_("last day of work"), null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(WorkerQuerySet)()

    class Meta:
        ordering = ["surname", "given_name", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user_id"],
                name="worker_account_once",
                violation_error_message=_("Another worker of the organisation has this account."),
            ),
            models.CheckConstraint(
                condition=Q(active=True, ended_on__isnull=True) | Q(active=False, ended_on__isnull=False),
                name="worker_ended_with_last_day",
                violation_error_message=_("Work that has ended needs its last day."),
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True)
                | Q(surname=ANONYMISED, given_name="", user_id__isnull=True, active=False),
                name="worker_anonymised_for_good",
                violation_error_message=_(
                    "The name of this worker was taken off after its term of keeping. Add the worker anew."
                ),
            ),
        ]

    def __str__(self) -> str:
        if self.surname == ANONYMISED:
            return gettext("anonymised worker")
        return f"{self.surname} {self.given_name}"


class WorkerQualification(TenantOwned):
    """A qualification that a worker holds in a period; open where `valid_to` is empty (S-056)."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="qualifications")
    code = models.CharField(_("qualification"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "code", "valid_from"],
                name="qualification_once",
                violation_error_message=_("The worker has this qualification from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="qualification_period",
                violation_error_message=_(
                    "The qualification ends before it begins: correct one of the dates."
                ),
            ),
        ]
