"""The cycle that an evaluation or an outcome is part of, held while something of it changes."""

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Cycle
from kernel.errors import DomainError


def running(cycle: Cycle) -> Cycle:
    """The cycle, locked. Raises DomainError where it is over: then nothing of it changes any more."""
    locked: Cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if not locked.is_running:
        raise DomainError("cycle_over", _("The cycle is closed: nothing of its evaluation changes any more."))
    return locked
