"""What waits from the region for whoever opens the tenant's start page."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from contracting.commissioning.waiting import Wait, and_more, first_of
from kernel.access import Access
from kernel.tenancy import require_tenant
from reporting.statistics.models import Note
from reporting.statistics.permissions import ANSWER_NOTES
from reporting.statistics.queries.notes import Thread
from tenants.addresses import tenant_url


def notes_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Notes of the region that nobody has answered; one query."""
    del today
    if not access.may(ANSWER_NOTES):
        return
    named = first_of(Note.objects.of_tenant(require_tenant()).waiting().newest_first())
    verb = _("Read and answer")
    for note in named:
        title = _("The voivodeship asks: %(topic)s") % {"topic": note.get_topic_display()}
        yield Wait("warn", title, Thread(note).about, tenant_url("sending:note", note.pk), verb)
    yield from and_more(
        named, "warn", _("Notes of the voivodeship"), tenant_url("sending:notes"), _("See all")
    )
