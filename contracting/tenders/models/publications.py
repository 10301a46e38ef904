"""Where something of a call was published, and what changed of the results after they were."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.tenders.models.calls import Amendment, Call
from documents.models import StoredFile
from kernel.models import TenantOwned


class ResultsChange(TenantOwned):
    """A change of published results, one version of them: a bidder stepped back, or the organ granted what was freed.

    Awards point to it (`given_up_in`, `granted_in`), so what an award was before stays known. `happened_on` is the day
    of the bidder's statement or of the organ's decision; the reason is public.
    """

    class Kind(models.TextChoices):
        GIVEN_UP = "given_up", _("bidder stepped back")
        GRANTED = "granted", _("granted from the reserve list")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="results_changes")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.TextField(_("reason"))
    happened_on = models.DateField(pgettext_lazy("results", "day"))
    published_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="results_change_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["given_up", "granted"]), name="results_change_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="results_change_with_reason",
                violation_error_message=_("A change of the results needs a reason."),
            ),
        ]


class Publication(TenantOwned):
    """That something of a call was published in a place on a day, with the proof (art. 13(3), 15(2j), 18a(2)).

    A planned one names the day only: it counts for the term until its proof comes, and proves nothing. Results without
    a `results_change` are those published first.
    """

    class Place(models.TextChoices):
        BIP = "bip", _("Public Information Bulletin (BIP)")
        BOARD = "board", _("notice board at the seat")
        WWW = "www", _("website")
        PRESS = "press", _("press")

    class Subject(models.TextChoices):
        ANNOUNCEMENT = "announcement", _("announcement")
        AMENDMENT = "amendment", _("amendment")
        RESULTS = "results", _("results")
        ANNULMENT = "annulment", _("annulment")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="publications")
    subject = models.CharField(max_length=12, choices=Subject.choices, default=Subject.ANNOUNCEMENT)
    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, null=True, related_name="publications")
    results_change = models.ForeignKey(
        ResultsChange, on_delete=models.PROTECT, null=True, related_name="publications"
    )
    place = models.CharField(_("place"), max_length=5, choices=Place.choices)
    posted_on = models.DateField(_("published on"))
    planned = models.BooleanField(default=False)
    url = models.URLField(_("address"), max_length=500, blank=True)
    proof = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField()

    class Meta:
        ordering = ["posted_on", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "subject", "amendment", "results_change", "place"],
                nulls_distinct=False,
                name="publication_place_once",
                violation_error_message=_("The publication in this place is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(place__in=["bip", "board", "www", "press"]), name="publication_place_known"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=["announcement", "amendment", "results", "annulment"]),
                name="publication_subject_known",
            ),
            models.CheckConstraint(
                condition=Q(results_change__isnull=True) | Q(subject="results"),
                name="publication_change_of_results",
            ),
            models.CheckConstraint(
                condition=Q(planned=True) | ~Q(url="") | Q(proof__isnull=False) | ~Q(note=""),
                name="publication_with_proof",
                violation_error_message=_("Give a proof: an address, a file or a note who saw it where."),
            ),
        ]
