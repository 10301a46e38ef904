"""What the law asks of every contract, however it comes about: how long it may last (art. 16)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.law import limit
from contracting.contracts.rules.drafting import longest_end
from kernel.errors import DomainError


def require_lawful_end(valid_from: date, valid_to: date) -> None:
    """Refuse a contract that would last longer than may be on its first day. Raises DomainError `contract_too_long`."""
    years = limit("contract_max_years", on=valid_from)
    latest = longest_end(valid_from, int(years.value))
    if valid_to > latest:
        raise DomainError(
            "contract_too_long",
            _(
                "A contract lasts at most %(years)s years (%(article)s): it may end on %(latest)s at the latest."
            )
            % {"years": int(years.value), "article": years.article, "latest": f"{latest:%d.%m.%Y}"},
            field="valid_to",
            value=valid_to,
        )
