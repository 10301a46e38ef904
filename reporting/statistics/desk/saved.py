"""Questions of the desk as they are saved: without their period, to be asked anew of every one."""

from django.http import QueryDict

from reporting.statistics.desk.asking import Asked, cut_asked
from reporting.statistics.desk.places import codes_of, places_of

_PERIOD = "period"


def canonical(query: str, voivodeship: str, kind: str = "") -> Asked:
    """What the text of a query asks in its newest period; `kind` changes the length of its periods."""
    given = QueryDict(query, mutable=True)
    given.pop(_PERIOD, None)
    if kind:
        given["kind"] = kind
    return cut_asked(given, voivodeship, codes_of(places_of(voivodeship, tenants=True)))


def query_of(asked: Asked) -> str:
    """The canonical text of a question, without its period."""
    return asked.query(period="")
