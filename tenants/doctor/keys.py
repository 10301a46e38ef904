"""What each of the master keys still has to open, and which of them may go."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from audit.checkpoints import public_keys
from kernel.master_keys import LOST, held_by_keys
from kernel.tenancy import public_scope
from tenants.doctor.findings import Finding, doubt, fault, well
from tenants.keys import KEPT
from tenants.models import FormerKey

_PART = "master keys"


def look_at_master_keys() -> Iterator[Finding]:
    """Whether everything can be opened, and what the keys behind the newest are still needed for."""
    with public_scope():
        held = held_by_keys()
    if lost := {of: places[LOST] for of, places in held.items() if LOST in places}:
        for of, names in lost.items():
            yield fault(
                _PART,
                f"MASTER_KEYS does not open {len(names)} {of}: {', '.join(names[:5])}.",
                "Put the key back with which they were made; the newest stands first.",
            )
        return
    older = range(1, len(settings.MASTER_KEYS))
    if not older:
        yield well(_PART, "MASTER_KEYS opens everything that it sealed.")
    for place in older:
        named = f"Key {place + 1} of MASTER_KEYS"
        counts = [f"{len(places[place])} {of}" for of, places in held.items() if place in places]
        # Of each master key in its order, then of those that are gone.
        public = public_keys()[place]
        if counts:
            yield doubt(
                _PART, f"{named} still holds {' and '.join(counts)}.", "Run manage.py rotate_master_keys."
            )
        elif public not in settings.CHECKPOINT_PUBLIC_KEYS:
            yield doubt(
                _PART,
                f"{named} holds nothing any more, but checkpoints were signed by it.",
                f"Add {public} to CHECKPOINT_PUBLIC_KEYS; then the key may be taken out.",
            )
        else:
            yield doubt(
                _PART,
                f"{named} holds nothing any more and may be taken out.",
                "Take it out of MASTER_KEYS once every process was started with the newest one in front; keep it "
                "where archives, backups and certificates from its time are kept.",
            )


def look_at_former_keys() -> Iterator[Finding]:
    """Tenants whose key was changed and whose former one nobody has thrown away."""
    with public_scope():
        ready = FormerKey.objects.filter(retired_at__lt=timezone.now() - KEPT)
        slugs = sorted(set(ready.values_list("tenant__slug", flat=True)))
    if slugs:
        yield doubt(
            "keys of tenants",
            f"The former keys of {len(slugs)} tenants are still kept: {', '.join(slugs[:5])}.",
            "Run manage.py rotate_tenant_key SLUG --finish for each.",
        )
