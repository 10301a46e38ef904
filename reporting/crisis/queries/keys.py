"""Under which keys data of a person in crisis are read."""

from reporting.care.models import Person
from reporting.crisis.models import CrisisCase


def add_cases(*, person: Person, keys: list[str]) -> None:
    """A case, its cards and its file are read under the key of the case."""
    keys += [str(pk) for pk in CrisisCase.objects.filter(person=person).values_list("pk", flat=True)]
