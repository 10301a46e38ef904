"""Offers of calls past their term: what keeps them, and how what bidders wrote goes while figures and results stay."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracting.tenders.content import MEASURE_UNITS, Content, empty_content
from contracting.tenders.hooks import calls_kept, offers_cleared
from contracting.tenders.models import (
    Call,
    FormalCheck,
    JustificationRequest,
    Offer,
    OfferFile,
    OfferPosting,
    OpenedOffer,
    PostingComment,
    SealedOffer,
    Seat,
)
from documents.actions import remove_files
from kernel.anonymity import ANONYMISED
from kernel.clearing import Keeper, Matter

_OVER = [Call.State.DECIDED, Call.State.ANNULLED]
_BIDDER = ("name", "legal_form", "nip", "krs")
_TASK = ("title", "from", "to")
_PROMISE = ("part", "measure", "direction", "value")
_BUDGET = ("grant", "own_financial", "own_in_kind", "payments", "minutes", "price_per_hour", "total")
_COST = ("kind", "unit_cost", "quantity", "amount", "year")


class Calls(Keeper):
    """Calls that came to their end, by the offers that were handed in to them; subjects are ids of calls."""

    kind = "call"
    classes = ("call",)
    subject_type = "call"

    def closed_before(self, day: date) -> Sequence[str]:
        """Calls not cleared that were decided or annulled before the day, the oldest first; one query."""
        rows = _uncleared().filter(state__in=_OVER, ended_at__date__lt=day).order_by("ended_at", "pk")
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def matters(self, subjects: Collection[str], today: date) -> Iterator[Matter]:
        """The call itself, demands that wait for an answer, and what apps above made of it."""
        calls = [UUID(one) for one in subjects]
        rows = _uncleared().filter(pk__in=calls)
        for pk, state, ended in rows.values_list("pk", "state", "ended_at"):
            over = state in _OVER and ended is not None
            why = "" if over else _("the call is not decided")
            yield Matter(str(pk), self.kind, timezone.localdate(ended) if over else None, why)
        asked = JustificationRequest.objects.filter(call__in=calls, answered_on__isnull=True)
        for pk in sorted({*asked.values_list("call", flat=True)}):
            yield Matter(str(pk), self.kind, None, _("a demand to justify the choice is not answered"))
        matters: list[Matter] = []
        calls_kept.fire(calls=calls, today=today, matters=matters)
        yield from matters

    def hold(self, subjects: Collection[str]) -> list[str]:
        """Those not cleared, held."""
        rows = _uncleared().filter(pk__in=subjects).order_by("pk").select_for_update()
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def names(self, subjects: Collection[str]) -> dict[str, str]:
        """Number and title."""
        rows = Call.objects.filter(pk__in=subjects).values_list("pk", "number", "title")
        return {str(pk): f"{number}, {title}" for pk, number, title in rows}

    def take_off(self, subjects: Collection[str]) -> set[str]:
        """Drafts, corrections, and what was told and said of offers in public go now; the rest a worker's `erase`."""
        Call.objects.filter(pk__in=subjects).update(cleared_at=timezone.now())
        Offer.objects.filter(call__in=subjects).update(draft=None)
        FormalCheck.objects.filter(offer__call__in=subjects).update(corrections={})
        OfferPosting.objects.filter(offer__call__in=subjects).update(summary=ANONYMISED)
        comments = PostingComment.objects.filter(posting__offer__call__in=subjects)
        comments.update(
            text=ANONYMISED, answer=Case(When(answer="", then=Value("")), default=Value(ANONYMISED))
        )
        offers_cleared.fire(calls=[UUID(one) for one in subjects])
        return set()

    def erase(self, subjects: Collection[str]) -> None:
        """Contents, ciphertexts and files of the offers, which web servers may not take away (decision 0036)."""
        opened = list(OpenedOffer.objects.filter(offer__call__in=subjects).exclude(content_key=b""))
        for one in opened:
            one.content, one.content_key = figures_of(one.content), b""
        OpenedOffer.objects.bulk_update(opened, ["content", "content_key"], batch_size=100)
        sealed = SealedOffer.objects.filter(offer__call__in=subjects).exclude(ciphertext=b"")
        sealed.update(ciphertext=b"", wrapped_key=b"", for_bidder=b"")
        files = list(OfferFile.objects.filter(offer__call__in=subjects).select_related("stored"))
        OfferFile.objects.filter(pk__in=[one.pk for one in files]).delete()
        remove_files([one.stored for one in files])


def figures_of(content: Content) -> Content:
    """What of an offer tells of no person: who bid, for which task, at which cost, and what was promised.

    Of all that is typed freely only names of organisations and the title of the task stay, which were published with
    the results.
    """
    kept = empty_content()
    kept["bidder"] = _only(content.get("bidder", {}), _BIDDER)
    kept["partners"] = [_only(row, ("organisation", "name")) for row in content.get("partners", [])]
    kept["task"] = _only(content.get("task", {}), _TASK)
    kept["promises"] = [_promise(row) for row in content.get("promises", [])]
    budget = content.get("budget", {})
    costs = [{**_only(row, _COST), "name": ANONYMISED} for row in budget.get("costs", [])]
    kept["budget"] = {**_only(budget, _BUDGET), "costs": costs}
    kept["declarations"] = content.get("declarations", {})
    return kept


def _promise(row: dict[str, Any]) -> dict[str, Any]:
    unit, _direction = MEASURE_UNITS.get(row.get("measure", ""), ("", ""))
    return {**_only(row, _PROMISE), "indicator": ANONYMISED, "unit": unit}


def _only(values: dict[str, Any], keys: Collection[str]) -> dict[str, Any]:
    return {key: values[key] for key in keys if key in values}


def _uncleared() -> QuerySet[Any]:
    ended = Case(
        When(state=Call.State.ANNULLED, then=F("annulled_at")),
        default=F("decided_at"),
        output_field=DateTimeField(),
    )
    real = Call.objects.real().filter(cleared_at__isnull=True).annotate(ended_at=ended)
    found: QuerySet[Any] = real
    return found


def keep_seats(users: Collection[UUID], kept: list[tuple[UUID, object]]) -> None:
    """Who sat on the committee of a call is named by their account until its offers are cleared; one query."""
    rows = Seat.objects.filter(Q(user_id__in=list(users)), committee__call__cleared_at__isnull=True)
    for user, number, title in rows.order_by("committee__call__number").values_list(
        "user_id", "committee__call__number", "committee__call__title"
    ):
        sentence = _("they sit on the committee of call %(call)s, which is kept still")
        kept.append((user, sentence % {"call": number or title}))
