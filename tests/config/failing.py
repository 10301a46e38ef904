"""A view and a task that fail with personal data all around: in variables, messages, logs, form, query and cookies."""

import logging

import structlog
from celery import Celery
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from kernel.doors import public_door
from tests.config import planted

app = Celery("failing", broker="memory://", backend="cache+memory://", set_as_current=False)


def fail_deep(pesel: str, note: str) -> None:
    """Fail with one error caused by another, both quoting the row."""
    everybody = {"surname": planted.NAME, "note": note}
    try:
        raise KeyError(planted.sentence())
    except KeyError as cause:
        error = ValueError(planted.sentence(), everybody)
        error.add_note(planted.sentence())
        raise error from cause


@public_door
def failing_view(request: HttpRequest) -> HttpResponse:
    form = request.POST.dict()
    log = structlog.get_logger("tests")
    log.warning("saving", note=planted.NOTE, pesel=planted.PESEL, form=form, rows=[{"surname": planted.NAME}])
    logging.getLogger("other.package").error("cannot read %s of %r", planted.sentence(), form)
    logging.getLogger("other.package").error(ValueError(planted.sentence()))
    fail_deep(planted.PESEL, planted.NOTE)
    return HttpResponse()


@app.task(name="tests.failing_task")
def failing_task(person_id: str, note: str) -> None:
    logging.getLogger("other.package").warning("task of %s", planted.sentence())
    fail_deep(planted.PESEL, note)


urlpatterns = [
    path("fail/", failing_view),
    path("<slug:tenant_slug>/", include([path("fail/", failing_view)])),
]
handler500 = "ui.views.server_error"
