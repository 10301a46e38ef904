"""Holding a worker: whoever writes about one waits for who takes their name off."""

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Worker
from kernel.errors import Conflict


def hold_worker(worker: Worker) -> Worker:
    """The worker, held until the transaction ends. Raises Conflict `worker_anonymised` where the name was taken off."""
    locked: Worker = Worker.objects.select_for_update().get(pk=worker.pk)
    if locked.anonymised_at is not None:
        raise Conflict(
            "worker_anonymised",
            _("The name of this worker was taken off after its term of keeping. Add the worker anew."),
        )
    return locked
