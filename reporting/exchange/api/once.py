"""Calls that may be sent again: the same key and body give the answer that was given before."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import DomainError
from reporting.exchange.actions import Held, StoredAnswer, begin_call, finish_call, release_call
from reporting.exchange.api.base import caller_of
from reporting.exchange.api.problems import answer, body_of
from reporting.exchange.rules import fingerprint

_REFUSED = 422


def answered_once(request: Request, verb: Callable[[Held | None], dict[str, Any]]) -> Response:
    """Do the verb, or give the answer that this key had before.

    The verb keeps its answer in its own transaction. A refusal of what was sent (422) is kept too; whatever else goes
    wrong has saved nothing, and the key is free again.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Response(verb(None))
    # Which version a change means is a part of what it asks for.
    where = f"{request.path} {request.headers.get('If-Match', '')}"
    asked = fingerprint(str(request.method), where, request.data)
    begun = begin_call(caller_of(request).token, key, asked)
    if isinstance(begun, StoredAnswer):
        return _again(begun)
    try:
        return Response(verb(begun))
    except DomainError as error:
        if error.status != _REFUSED:
            release_call(begun)
            raise
        body = body_of(error)
        finish_call(begun, _REFUSED, body)
        return answer(body)
    except BaseException:
        release_call(begun)
        raise


def _again(stored: StoredAnswer) -> Response:
    headers = {"Idempotent-Replayed": "true"}
    if stored.status == 200:
        return Response(stored.body, headers=headers)
    return answer(stored.body, **headers)
