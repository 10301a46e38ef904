"""What people were told is kept, and once: `python -m tests.load.told FOLDER` prints it as JSON.

An answer that came is a promise; a request that broke off may have been done or not, but never twice.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django

django.setup()

from audit.checkpoints import prove  # noqa: E402
from audit.models import Entry  # noqa: E402
from contracting.tenders.models import SealedOffer  # noqa: E402
from kernel.tenancy import tenant_scope  # noqa: E402
from reporting.advice.models import Appointment  # noqa: E402
from reporting.compliance.models import BulkAcceptance  # noqa: E402
from reporting.delivery.models import DiaryImport, Visit  # noqa: E402
from reporting.field.models import PhoneEntry  # noqa: E402
from tenants.models import Tenant  # noqa: E402

# What a page or an answer promised -> the rows that keep it, by the key that was told.
KEPT: dict[str, Any] = {
    "visit of a phone": lambda: PhoneEntry.objects.values_list("pk", flat=True),
    "visit typed": lambda: Visit.objects.values_list("pk", flat=True),
    "file saved": lambda: DiaryImport.objects.filter(state=DiaryImport.State.SAVED).values_list(
        "pk", flat=True
    ),
    "offer handed in": lambda: SealedOffer.objects.values_list("offer_id", flat=True),
    "appointment booked": lambda: Appointment.objects.values_list("pk", flat=True),
    "months accepted": lambda: BulkAcceptance.objects.filter(finished_at__isnull=False).values_list(
        "pk", flat=True
    ),
}
# A second line of the record of one of these about one subject is a thing done twice; nobody here takes any back.
ONCE = ("hand_in_offer", "accept_month", "book_advice")


def _twice() -> Iterable[str]:
    lines = Counter(Entry.objects.filter(verb__in=ONCE).values_list("verb", "subject_id"))
    yield from (f"{verb} {subject}" for (verb, subject), times in lines.items() if times > 1)
    offers = Counter(SealedOffer.objects.values_list("offer_id", flat=True))
    yield from (f"offer {offer}" for offer, times in offers.items() if times > 1)
    stored = PhoneEntry.objects.filter(state=PhoneEntry.State.STORED).values_list("visit_id", flat=True)
    yield from (f"visit {visit}" for visit, times in Counter(stored).items() if times > 1)


def main(folder: Path) -> None:
    told: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for tenant, kind, key in json.loads((folder / "told.json").read_text()):
        told[tenant][kind].add(key)
    counted: Counter[str] = Counter()
    lost: list[str] = []
    twice: list[str] = []
    broken: list[str] = []
    for tenant in Tenant.objects.order_by("slug"):
        with tenant_scope(tenant):
            for kind, keys in told[tenant.slug].items():
                counted[kind] += len(keys)
                lost += [f"{tenant.slug}: {kind} {key}" for key in keys - set(map(str, KEPT[kind]()))]
            twice += [f"{tenant.slug}: {what}" for what in _twice()]
            if not prove().holds:
                broken.append(tenant.slug)
    print(json.dumps({"told": dict(sorted(counted.items())), "lost": lost, "twice": twice, "broken": broken}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
