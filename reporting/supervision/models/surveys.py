"""Surveys (S-062): questionnaires in versions, surveys of a sample of decisions, and answers that name nobody."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from kernel.access import Access
from kernel.ids import new_id
from kernel.models import TenantManager, TenantOwned
from reporting.supervision.models.drawn import ONE_SUBJECT, Drawn
from reporting.supervision.models.inspections import Inspection


class Questionnaire(TenantOwned):
    """One version of a questionnaire: draft → published, and from then on frozen; `series` joins its versions.

    For whom it is says from what a survey draws: decisions, persons advised, or crisis cases.

    `questions` is a list of `{"kind": "scale" | "choice" | "text", "text": …, "options": […]}`.
    """

    class Audience(models.TextChoices):
        PERSONS = "persons", pgettext_lazy("survey", "persons in care")
        FAMILIES = "families", pgettext_lazy("survey", "families")
        SOCIAL_WORKERS = "social_workers", pgettext_lazy("survey", "social workers")
        ADVISED = "advised", pgettext_lazy("survey", "persons advised")
        CRISIS = "crisis", pgettext_lazy("survey", "persons helped in a crisis")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("questionnaire", "draft")
        PUBLISHED = "published", pgettext_lazy("questionnaire", "published")

    series = models.UUIDField(default=new_id, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title"), max_length=150)
    audience = models.CharField(_("for whom"), max_length=14, choices=Audience.choices)
    questions = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["title", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="questionnaire_version_once"),
            models.UniqueConstraint(
                fields=["series"], condition=Q(state="draft"), name="questionnaire_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["persons", "families", "social_workers", "advised", "crisis"]),
                name="questionnaire_audience_known",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False) & ~Q(questions=[]),
                name="questionnaire_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"


class SurveyQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"

    def counted(self) -> Self:
        """With `invited` and `answered`, how many decisions were drawn and how many answers came."""
        return self.annotate(
            invited=models.Count("invitations", distinct=True),
            answered=models.Count("responses", distinct=True),
        )


class Survey(TenantOwned):
    """A survey of a contract's decisions, advised persons or crisis cases drawn over months (their first days).

    Running → closed. `unasked` counts by reason those who were helped and cannot be asked (codes of `Unasked`). `seed`,
    `population` and `population_sha256` let anybody draw the same sample again. Links work until the end of
    `closes_on`. While it runs nobody sees answers; from its closing nobody sees who answered.
    """

    class Unasked(models.TextChoices):
        ALIAS = "alias", _("known by an alias only")
        ANONYMOUS = "anonymous", _("conversations with somebody who stayed anonymous")
        NO_CONTACT = "no_contact", _("no contact that may be used for a question")
        NOT_AGREED = "not_agreed", _("not agreed with the person that they may be asked")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("survey", "running")
        CLOSED = "closed", pgettext_lazy("survey", "closed")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="surveys")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="surveys")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    method = models.CharField(_("how the sample is drawn"), max_length=8, choices=Inspection.Method.choices)
    seed = models.CharField(_("seed"), max_length=40)
    population = models.PositiveIntegerField()
    population_sha256 = models.CharField(max_length=64)
    unasked = models.JSONField(default=dict, blank=True)
    closes_on = models.DateField(_("answers by"))
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    started_by_name = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(SurveyQuerySet)()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="survey_number_once"),
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1, first_month__lte=F("last_month")),
                name="survey_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(method__in=["random", "value", "variance"], population__gte=1) & ~Q(seed=""),
                name="survey_sample_repeatable",
            ),
            models.CheckConstraint(
                condition=Q(state="running", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="survey_state_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"A/{self.number}/{self.year}"

    @property
    def unasked_words(self) -> list[tuple[str, int]]:
        """Why people helped were not among those who could be drawn, in words, with how many; none where all were."""
        return [
            (str(one.label), self.unasked[one.value]) for one in self.Unasked if self.unasked.get(one.value)
        ]

    @property
    def is_over(self) -> bool:
        """Whether links no longer work: closed, or the last day for answers has passed."""
        return self.state == self.State.CLOSED or self.closes_on < timezone.localdate()


class InvitationQuerySet(OrganisationScoped):
    organisation_path = "survey__contract__organisation_id"

    def visible_to(self, access: Access) -> Self:
        """Who was drawn is told to the unit only: an organisation could press on those who are asked."""
        visible = super().visible_to(access)
        return visible if access.sees_all_organisations else visible.none()


class Invitation(Drawn, TenantOwned):
    """Somebody who was drawn, by decision, advice or crisis case: waiting → used; ended once the survey is closed.

    From then on nobody may know who answered. Of the token of its link only the SHA-256 is kept. There is no time of
    use: it would tell whose answer is whose. `mail_encrypted` is the address to which a link is to be mailed, kept
    until the mail has left or was refused.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("invitation to a survey", "waiting")
        USED = "used", pgettext_lazy("invitation to a survey", "answered")
        ENDED = "ended", pgettext_lazy("invitation to a survey", "survey closed")

    class Mailing(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("mail of a link", "waits to be mailed")
        SENT = "sent", pgettext_lazy("mail of a link", "mailed")
        REFUSED = "refused", pgettext_lazy("mail of a link", "address refused")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    token_sha256 = models.CharField(max_length=64, blank=True)
    linked_on = models.DateField(null=True, blank=True)
    mailing = models.CharField(max_length=7, choices=Mailing.choices, blank=True)
    mail_encrypted = models.BinaryField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(InvitationQuerySet)()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "place"], name="invitation_place_once"),
            models.UniqueConstraint(fields=["survey", "decision"], name="invitation_decision_once"),
            models.UniqueConstraint(fields=["survey", "appointment"], name="invitation_appointment_once"),
            models.UniqueConstraint(fields=["survey", "case"], name="invitation_case_once"),
            models.CheckConstraint(condition=ONE_SUBJECT, name="invitation_of_one"),
            # What reaches somebody in a crisis passes through the hands of those who know whether it is safe.
            models.CheckConstraint(
                condition=Q(case__isnull=True) | Q(mailing=""), name="invitation_of_case_never_mailed"
            ),
            models.UniqueConstraint(
                fields=["token_sha256"], condition=~Q(token_sha256=""), name="invitation_token_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "used", "ended"]), name="invitation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(token_sha256="", linked_on__isnull=True)
                | ~Q(token_sha256="") & Q(linked_on__isnull=False),
                name="invitation_link_whole",
            ),
            models.CheckConstraint(
                condition=Q(mailing="waiting", mail_encrypted__isnull=False, state="waiting")
                | Q(mailing__in=["", "sent", "refused"], mail_encrypted__isnull=True),
                name="invitation_address_until_mailed",
            ),
        ]

    def forget_address(self) -> None:
        """Take the address out of the row, where one still waits for its mail."""
        self.mail_encrypted = None
        if self.mailing == self.Mailing.WAITING:
            self.mailing = ""


class SurveyResponse(TenantOwned):
    """One answered questionnaire, of nobody: no invitation, no decision, no time, and a key that has no order.

    `answers` stand in the order of the questions: 1 … 5, the place of an option, a text, or null.
    """

    class Channel(models.TextChoices):
        PAPER = "paper", pgettext_lazy("survey", "on paper")
        PHONE = "phone", pgettext_lazy("survey", "by telephone")
        LINK = "link", pgettext_lazy("survey", "by link")

    # Not a UUIDv7, which would tell when it was given and so by whom.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="responses")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    answers = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["paper", "phone", "link"]), name="survey_response_channel_known"
            ),
        ]
