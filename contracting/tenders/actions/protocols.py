"""The protocol: composed as a new version whenever asked for, and signed on paper or otherwise."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.locking import lock_committee
from contracting.tenders.models import Call, Protocol, ProtocolSignature, Seat
from contracting.tenders.protocol import protocol_facts, protocol_pdf
from documents.actions import store_file
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid


def compose_protocol(call: Call, *, actor: Actor) -> Protocol:
    """Compose a version of the protocol from what stands now. Where nothing changed since, the newest one stays.

    Raises DomainError `scoring_open`, ServerAway where the store of files is away.
    """
    with transaction.atomic():
        committee = lock_committee(call)
        if committee.scoring_closed_at is None:
            raise DomainError(
                "scoring_open",
                _("The protocol is composed after the scoring is closed; it holds all points."),
            )
        newest: Protocol | None = Protocol.objects.filter(call=call).order_by("-version").first()
        if newest is not None and protocol_facts(committee, newest.version) == newest.facts:
            return newest
        version = newest.version + 1 if newest else 1
        facts = protocol_facts(committee, version)
        content = protocol_pdf(facts)
        stored = store_file(
            content,
            name=f"protokol-{slugify(call.number or '')}-{version}.pdf",
            content_type="application/pdf",
            folder="protocols",
            actor=actor,
        )
        protocol: Protocol = Protocol.objects.create(
            call=call,
            version=version,
            facts=facts,
            stored=stored,
            sha256=hashlib.sha256(content).hexdigest(),
            composed_by=actor.user_id,
        )
        record(
            "compose_protocol",
            actor=actor,
            subject_type="call",
            subject_id=call.pk,
            payload={"version": version, "sha256": protocol.sha256},
        )
    return protocol


def register_signature(
    protocol: Protocol, seat: Seat, *, signed: bool, remark: str = "", actor: Actor
) -> ProtocolSignature:
    """Register that a member signed the newest version, or why not.

    Raises DomainError `not_newest`, `not_a_member`, `signed_already`, `invalid`.
    """
    with transaction.atomic():
        lock_committee(protocol.call)
        if Protocol.objects.filter(call=protocol.call, version__gt=protocol.version).exists():
            raise DomainError(
                "not_newest", _("There is a newer version of the protocol: signatures go on that one.")
            )
        signing = Seat.objects.working().filter(committee__call=protocol.call_id)
        if not signing.filter(pk=seat.pk).exists():
            raise DomainError(
                "not_a_member", _("Only members who take part sign the protocol."), field="seat"
            )
        if ProtocolSignature.objects.filter(protocol=protocol, seat=seat).exists():
            raise DomainError("signed_already", _("The signature of this member is registered already."))
        values: dict[str, Any] = {"signed": signed, "remark": remark.strip(), "registered_by": actor.user_id}
        signature = ProtocolSignature(protocol=protocol, seat=seat, **values)
        require_valid(signature, exclude=["protocol", "seat"])
        signature.save()
        record(
            "register_signature",
            actor=actor,
            subject_type="call",
            subject_id=protocol.call_id,
            payload={"version": protocol.version, "seat": seat.pk, "signed": signed},
        )
    return signature
