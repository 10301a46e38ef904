"""The real Celery application with a broker in a folder and tasks that tell where they ran; for a worker process.

`SIEDEM_TEST_QUEUE` names the folder; every answer becomes one line of `answers.txt` in it. `SIEDEM_TEST_BROKER` is the
address of a Redis that takes the folder's place. After a task that `SIEDEM_TEST_STAND_AFTER` names the process stands
still, its work committed and the queue not told; a file `stands` says so.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from celery.signals import task_postrun
from django.db import connection

from config.celery import app
from kernel.errors import TenantScopeMissing
from kernel.tenancy import current_schema, require_tenant

FOLDER = Path(os.environ.get("SIEDEM_TEST_QUEUE", "."))


def broker_options(folder: Path) -> dict[str, Any]:
    """One folder for both directions: who writes a message and who reads it."""
    queue = str(folder / "queue")
    return {"data_folder_in": queue, "data_folder_out": queue, "control_folder": str(folder / "control")}


def _answer(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        path = cursor.fetchone()[0]
    line = json.dumps([word, current_schema(), path, os.getpid()])
    with (FOLDER / "answers.txt").open("a") as out:
        out.write(line + "\n")


@app.task(name="tests.tell_scope")
def tell_scope() -> None:
    _answer("ran")


@app.task(name="tests.fail_in_scope")
def fail_in_scope() -> None:
    _answer("failed")
    raise ZeroDivisionError


@app.task(name="tests.need_tenant")
def need_tenant() -> None:
    try:
        require_tenant()
    except TenantScopeMissing:
        _answer("refused")
    else:
        _answer("ran")


@task_postrun.connect
def stand_still(task: Any = None, **_given: Any) -> None:
    if task is not None and task.name == os.environ.get("SIEDEM_TEST_STAND_AFTER"):
        (FOLDER / "stands").touch()
        while True:
            time.sleep(60)


if address := os.environ.get("SIEDEM_TEST_BROKER"):
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = address
elif "SIEDEM_TEST_QUEUE" in os.environ:
    app.conf.broker_url = "filesystem://"
    app.conf.broker_transport_options = broker_options(FOLDER)
