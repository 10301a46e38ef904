"""Numbers of a year are given one at a time; rows of supervision are locked before a verb looks at their state."""

from typing import Any

from kernel.locks import hold
from reporting.care.locking import hold_known
from reporting.supervision.models import SampledItem


def next_number(model: Any, year: int) -> int:
    """The next free number of the year; whoever else asks waits until this transaction ends."""
    hold("number", model._meta.db_table, year)
    last = model.objects.filter(year=year).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def lock(row: Any) -> Any:
    """The row as it stands now, held until the transaction ends."""
    return type(row).objects.select_for_update().get(pk=row.pk)


def hold_subject(item: SampledItem | None) -> None:
    """Hold the person whom an item of a sample tells of; before the inspection. Raises Conflict `person_anonymised`."""
    subject = None if item is None else item.decision or item.appointment or item.case
    if subject is not None:
        hold_known(subject.person_id)
