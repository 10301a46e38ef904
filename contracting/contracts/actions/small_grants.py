"""How long a contract of a small grant may last (art. 19a(1) of the act on public benefit activity)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.law import limit
from contracting.contracts.models import ContractDraft
from contracting.tenders.models import Call
from contracting.tenders.rules.grants import is_too_long
from kernel.errors import DomainError


def require_short_small_grant(draft: ContractDraft) -> None:
    """Refuse a longer task under a small grant; nothing for other awards. Raises DomainError `small_grant_too_long`."""
    if draft.award.offer.call.kind != Call.Kind.SMALL_GRANT:
        return
    days = limit("small_grant_max_days", on=draft.valid_from)
    if is_too_long(draft.valid_from, draft.valid_to, days.whole):
        latest = draft.valid_from + timedelta(days=days.whole - 1)
        raise DomainError(
            "small_grant_too_long",
            _(
                "A small grant is for a task of at most %(days)s days (%(article)s): it may end on %(latest)s at the "
                "latest."
            )
            % {"days": days.whole, "article": days.article, "latest": f"{latest:%d.%m.%Y}"},
            field="valid_to",
            value=draft.valid_to,
        )
