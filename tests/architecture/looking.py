"""What a view can do and what it looked at, where asking cannot show it: whether it hands out a file, which keys it read."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType, ModuleType
from typing import Any
from unittest import mock

from django.http import FileResponse, QueryDict
from django.utils.http import content_disposition_header

from ui.downloads import download

EVERYTHING = "*"
_HANDING_OUT = (download, FileResponse, content_disposition_header)
_BY_KEY = ("__getitem__", "__contains__", "get", "getlist", "_getlist")
# Whoever asks for these may have looked at any key; an empty query is asked how long it is before it is thrown away.
_OF_ALL = ("__iter__", "__len__", "keys", "values", "items", "lists", "dict", "copy", "urlencode")


@contextmanager
def keys_read() -> Iterator[set[str]]:
    """A set that grows by each key that is looked up in a query, or by EVERYTHING."""
    read: set[str] = set()

    def noting(name: str, by_key: bool) -> Callable[..., Any]:
        look: Any = getattr(QueryDict, name)

        def looked(query: QueryDict, *given: Any, **named: Any) -> Any:
            read.add(str(given[0]) if by_key and given else EVERYTHING)
            return look(query, *given, **named)

        return looked

    with ExitStack() as patched:
        for name in (*_BY_KEY, *_OF_ALL):
            patched.enter_context(mock.patch.object(QueryDict, name, noting(name, name in _BY_KEY)))
        yield read


def may_hand_out_a_file(view: Callable[..., Any]) -> bool:
    """Whether the view, or a function of views, documents or ui that it names, makes an answer that is a file."""
    return _reaches(view, set())


def _reaches(view: Callable[..., Any], seen: set[Any]) -> bool:
    function = inspect.unwrap(view)
    if not isinstance(function, FunctionType) or function in seen:
        return False
    seen.add(function)
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    for thing in _named(function, names):
        if any(thing is one for one in _HANDING_OUT):
            return True
        home = getattr(thing, "__module__", None) or ""
        is_near = ".views" in home or home.startswith(("documents", "ui"))
        if is_near and isinstance(thing, FunctionType) and _reaches(thing, seen):
            return True
    return False


def _named(function: FunctionType, names: set[str]) -> Iterator[Any]:
    """What the names of a function stand for: globals of its module, and what modules among these hold."""
    for name in names & function.__globals__.keys():
        thing = function.__globals__[name]
        if isinstance(thing, ModuleType):
            yield from (getattr(thing, inner) for inner in names if hasattr(thing, inner))
        else:
            yield thing


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
