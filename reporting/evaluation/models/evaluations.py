"""Evaluations of a cycle with their questions, taken results and recommendations (S-080, S-081, S-086)."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Cycle
from kernel.models import TenantOwned


class Evaluation(TenantOwned):
    """A partial or final evaluation of a cycle: planned for a day, with an owner, finished with a summary (S-081)."""

    class Kind(models.TextChoices):
        PARTIAL = "partial", pgettext_lazy("evaluation", "partial")
        FINAL = "final", pgettext_lazy("evaluation", "final")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="evaluations")
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.PARTIAL)
    title = models.CharField(_("title"), max_length=160)
    due_on = models.DateField(_("due on"))
    owner_id = models.UUIDField(_("owner"), null=True, blank=True)
    summary = models.TextField(_("summary"), max_length=6000, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_by_name = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "title"],
                name="evaluation_title_once",
                violation_error_message=_("The cycle has an evaluation with this title already."),
            ),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(kind="final"),
                name="evaluation_one_final",
                violation_error_message=_("The cycle has its final evaluation already: change that one."),
            ),
            models.CheckConstraint(condition=Q(kind__in=["partial", "final"]), name="evaluation_kind_known"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | ~Q(summary=""),
                name="evaluation_finished_with_summary",
                violation_error_message=_("Write the summary before you finish the evaluation."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class EvaluationIssue(TenantOwned):
    """An evaluation as it was finished: one JSON document with its SHA-256, numbered from 1, never changed.

    Opened again and finished anew it has a next issue. The document names no persons in care.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="evaluation_issue_once"),
            models.CheckConstraint(condition=~Q(sha256=""), name="evaluation_issue_hashed"),
        ]


class EvaluationQuestion(TenantOwned):
    """A question of an evaluation: how it is looked into, and what was found (S-080)."""

    class Technique(models.TextChoices):
        DOCUMENTS = "documents", _("analysis of documents")
        FIGURES = "figures", _("figures of the platform")
        SURVEY = "survey", pgettext_lazy("technique", "survey")
        INTERVIEW = "interview", _("individual interview")
        GROUP = "group", _("group interview")
        OBSERVATION = "observation", _("observation")
        CASE = "case", _("case study")
        OTHER = "other", pgettext_lazy("technique", "another technique")

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(_("question"), max_length=300)
    technique = models.CharField(_("technique"), max_length=12, choices=Technique.choices)
    source = models.CharField(_("where the facts are from"), max_length=300, blank=True)
    finding = models.TextField(_("finding"), max_length=3000, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    technique__in=[
                        "documents",
                        "figures",
                        "survey",
                        "interview",
                        "group",
                        "observation",
                        "case",
                        "other",
                    ]
                ),
                name="evaluation_technique_known",
            ),
        ]


class TakenResult(TenantOwned):
    """A result taken from surveys, inspections or programmes into an evaluation, as it stood on that moment.

    `part` of `whole`: answers of answers, findings of findings; of a mean the sum of the points and the answers; of a
    count the whole is 1. `key` tells the results of a cycle apart, `question` is the one that it helps to answer, ""
    for the whole evaluation.
    """

    class Kind(models.TextChoices):
        MEAN = "mean", pgettext_lazy("result", "mean")
        SHARE = "share", pgettext_lazy("result", "share")
        COUNT = "count", pgettext_lazy("result", "count")

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results")
    question = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    source = models.CharField(max_length=300)
    name = models.CharField(max_length=400)
    part = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    taken_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["taken_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "question", "key"], name="taken_result_once"),
            models.CheckConstraint(condition=Q(whole__gt=0), name="taken_result_of_something"),
            models.CheckConstraint(
                condition=Q(kind="mean")
                | Q(kind="share", part__lte=models.F("whole"))
                | Q(kind="count", whole=1),
                name="taken_result_kind_known",
            ),
        ]

    @property
    def value(self) -> Decimal:
        """The mean to two places, the share in percent with one decimal, both half up; or the count as it is."""
        if self.kind == self.Kind.COUNT:
            return Decimal(self.part)
        if self.kind == self.Kind.MEAN:
            return (Decimal(self.part) / self.whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return (Decimal(100 * self.part) / self.whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


class Recommendation(TenantOwned):
    """What an evaluation recommends, to whom and by when; a lesson goes into the next diagnosis (S-086)."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="recommendations")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("recommendation"), max_length=500)
    addressee = models.CharField(_("to whom"), max_length=160, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    is_lesson = models.BooleanField(_("a lesson for the next cycle"), default=True)

    class Meta:
        ordering = ["position", "id"]
