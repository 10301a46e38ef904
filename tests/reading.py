"""What a page is made of and where it leads, read from its text: for tests that walk more pages than a browser could."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "use", "rect"})
# What somebody who does not see the page is told by its text.
_MUST_SPEAK = frozenset(
    {"a", "button", "th", "label", "summary", "h1", "h2", "h3", "h4", "caption", "legend"}
)
_SAID_ELSEWHERE = frozenset({"aria-label", "aria-labelledby", "aria-hidden", "title"})
# Attributes whose value changes what an element is, and not only what it is about.
_TELLING = frozenset({"type", "role", "scope", "aria-current", "aria-sort", "aria-live", "method"})
# What somebody typed or chose is content.
_CONTENT = frozenset({"value", "selected", "checked"})


@dataclass
class Reading:
    """A page: `kinds` are its sorts of elements, each with its classes, attributes and the two elements around it.

    Two pages with the same kinds differ in their texts and in how often something stands there, and in nothing else.
    A page `is_whole` that is a document of its own and not a part of one.
    """

    links: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    title: str = ""
    language: str = ""
    headings: int = 0
    is_whole: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Reading()
        # Tag, kind, whether it says something.
        self._open: list[list[object]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kind = _kind_of(tag, given)
        around = " > ".join(str(one[1]) for one in self._open[-2:])
        self.found.kinds.add(f"{around} > {kind}")
        if tag not in _VOID:
            self._open.append([tag, kind, bool(_SAID_ELSEWHERE & given.keys())])
        elif "alt" in given or "aria-label" in given:
            self.handle_data(given.get("alt") or given.get("aria-label") or "")
        self._note(tag, given)

    def _note(self, tag: str, given: dict[str, str]) -> None:
        if tag == "a" and given.get("href"):
            self.found.links.append(given["href"])
        elif tag == "form" and given.get("method", "").lower() == "post" and given.get("action"):
            self.found.posts.append(given["action"])
        elif tag == "html":
            self.found.language, self.found.is_whole = given.get("lang", ""), True
        elif tag == "h1":
            self.found.headings += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in (one[0] for one in self._open):
            return
        while self._open:
            name, kind, speaks = self._open.pop()
            if name in _MUST_SPEAK and not speaks:
                self.found.kinds.add(f"{kind} without words")
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not data.strip():
            return
        for one in self._open:
            one[2] = True
        if [one[0] for one in self._open[:3]] == ["html", "head", "title"]:
            self.found.title += data


def _kind_of(tag: str, given: dict[str, str]) -> str:
    classes = "".join(f".{one}" for one in sorted(given.get("class", "").split()))
    names = sorted(name for name in given.keys() - _CONTENT - {"class"} if not name.startswith("data-"))
    told = " ".join(f"{name}={given[name]}" if name in _TELLING else name for name in names)
    return f"{tag}{classes}[{told}]"


def read_page(content: str) -> Reading:
    """The page with this text."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return reader.found


def inside(address: str, page: str, host: str = "testserver") -> str | None:
    """An address that the page names, as path and query; None where it leaves the site."""
    there = urlsplit(urljoin(f"http://{host}{page}", address))
    if there.scheme not in {"http", "https"} or there.netloc != host:
        return None
    return there.path + (f"?{there.query}" if there.query else "")


def route_of(address: str) -> str | None:
    """The name of the route of an address, or None where it is no page of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
