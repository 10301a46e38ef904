"""What of another organisation's work may not be told."""

from contracting.contracts.models import Worker
from kernel.access import Access


def workers_told_to(access: Access) -> frozenset[str] | None:
    """Codes of the workers whose visits the person may be told of, as the other visit of a pair; None: of all.

    A worker belongs to one organisation, so this tells visits under its other contracts from those of strangers.
    """
    if access.sees_all_organisations:
        return None
    return frozenset(Worker.objects.visible_to(access).values_list("code", flat=True))
