"""Reading much at once: at one moment of the database, and without pauses of the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """A block whose queries all see the same moment.

    Inside a transaction that has begun already its isolation stays as it is: an action holds the locks that it needs.
    """
    begins_here = not connection.in_atomic_block
    with transaction.atomic():
        if begins_here:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def without_collecting() -> Iterator[None]:
    """A block that makes many objects which all live to its end: collecting meanwhile walks the whole program in vain.

    Threads may overlap: whoever found the collector at work sets it to work again.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
