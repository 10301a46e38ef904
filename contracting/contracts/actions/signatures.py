"""Registering that a side has signed a contract or an amendment: once each, by two sides."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import ContractAmendment, ContractDraft, Signature
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid


@dataclass(frozen=True)
class Signed:
    """What is registered of a signature: whose side, in what function, on which day, in what form."""

    side: str
    function: str
    signed_on: date
    form: str


def add_signature(
    document: ContractDraft | ContractAmendment,
    signed: Signed,
    *,
    not_before: date | None,
    actor: Actor,
) -> bool:
    """Register a signature under a locked document; tells whether both sides have signed now.

    On no day before `not_before` was there anything to sign. Raises DomainError `signed_already`, `signed_in_future`,
    `signed_too_early`, `invalid`.
    """
    if signed.signed_on > timezone.localdate():
        raise DomainError(
            "signed_in_future",
            _("%(day)s lies in the future: give the day on which it was signed.")
            % {"day": f"{signed.signed_on:%d.%m.%Y}"},
            field="signed_on",
            value=signed.signed_on,
        )
    if not_before is not None and signed.signed_on < not_before:
        raise DomainError(
            "signed_too_early",
            _(
                "%(day)s is too early: what is signed exists since %(first)s. Give the day on which it was signed."
            )
            % {"day": f"{signed.signed_on:%d.%m.%Y}", "first": f"{not_before:%d.%m.%Y}"},
            field="signed_on",
            value=signed.signed_on,
        )
    of: dict[str, Any] = (
        {"draft": document} if isinstance(document, ContractDraft) else {"amendment": document}
    )
    signature = Signature(
        **of,
        side=signed.side,
        function=signed.function,
        signed_on=signed.signed_on,
        form=signed.form,
        registered_by=actor.user_id,
    )
    require_valid(signature, exclude=["draft", "amendment", "registered_by"])
    try:
        with transaction.atomic():
            signature.save()
    except IntegrityError as error:
        raise DomainError(
            "signed_already",
            _("This side has signed already. Reload the page."),
            field="side",
            value=signed.side,
        ) from error
    return document.signatures.count() == len(Signature.Side.values)
