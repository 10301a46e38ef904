"""Offers of small grants as the public reads them, and what people said of them (art. 19a(3)-(5))."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models.offers import Offer
from kernel.models import TenantOwned


class OfferPosting(TenantOwned):
    """A summary of an offer, posted for comments in three places: this platform's board, BIP, the seat.

    The board of this platform, which is the website, shows it from `www_on`; the days of the other two come with a
    proof, an address or who saw it where.
    """

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="posting")
    title = models.CharField(_("title of the task"), max_length=200)
    summary = models.TextField(_("summary of the offer"), max_length=4000)
    comments_to = models.CharField(_("where comments are sent"), max_length=300)
    www_on = models.DateField()
    bip_on = models.DateField(null=True, blank=True)
    bip_proof = models.CharField(max_length=500, blank=True)
    board_on = models.DateField(null=True, blank=True)
    board_proof = models.CharField(max_length=500, blank=True)
    posted_by = models.UUIDField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["www_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(summary="") & ~Q(comments_to=""),
                name="offer_posting_says_something",
            ),
            models.CheckConstraint(
                condition=Q(bip_on__isnull=True, bip_proof="") | (Q(bip_on__isnull=False) & ~Q(bip_proof="")),
                name="offer_posting_bip_with_proof",
            ),
            models.CheckConstraint(
                condition=Q(board_on__isnull=True, board_proof="")
                | (Q(board_on__isnull=False) & ~Q(board_proof="")),
                name="offer_posting_board_with_proof",
            ),
        ]

    @property
    def posted_on(self) -> list[date]:
        """The days of the places in which it stands."""
        return [day for day in (self.www_on, self.bip_on, self.board_on) if day is not None]


class PostingComment(TenantOwned):
    """What somebody said of a posted offer, and how it was considered. Who said it is not kept."""

    posting = models.ForeignKey(OfferPosting, on_delete=models.PROTECT, related_name="comments")
    received_on = models.DateField(_("received on"))
    text = models.TextField(_("comment"), max_length=6000)
    answer = models.TextField(_("how it was considered"), max_length=6000, blank=True)
    considered_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["received_on", "recorded_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="posting_comment_says_something"),
            models.CheckConstraint(
                condition=Q(considered_on__isnull=True, answer="")
                | (Q(considered_on__isnull=False) & ~Q(answer="")),
                name="posting_comment_considered_with_answer",
            ),
        ]
