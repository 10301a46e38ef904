"""Worker processes beside a command: each with Django set up and a connection of its own, none outliving its parent."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

import django


def _begin() -> None:
    django.setup()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        # What the process had begun is undone by PostgreSQL when the connection breaks.
        os._exit(1)


@contextmanager
def worker_processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """So many fresh processes (never forked: a forked one would share its parent's connection)."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
