"""What the phone page is made of, so that a phone can keep it whole: its static files and one version of them all."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.translation import get_language

# Folders of which the page may load any file, and files of others that it loads.
_FOLDERS = ("ui/css", "ui/js", "ui/img", "field/css", "field/js", "field/img")
_FILES = (
    "delivery/queue.js",
    "delivery/texts.js",
    "vendor/htmx.org/dist/htmx.min.js",
    "vendor/source-sans/WOFF2/VF/SourceSans3VF-Upright.ttf.woff2",
)
SERVICE_WORKER = "field/js/worker.js"
_KINDS = {".css", ".js", ".svg", ".png", ".woff2"}


def _found(name: str) -> Path | None:
    path = finders.find(name)
    return Path(path) if isinstance(path, str) else None


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Static names with where they lie."""
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        home = _found(folder)
        for path in sorted(home.iterdir()) if home else ():
            if path.suffix in _KINDS and f"{folder}/{path.name}" != SERVICE_WORKER:
                found[f"{folder}/{path.name}"] = path
    for name in _FILES:
        path_of = _found(name)
        if path_of is not None:
            found[name] = path_of
    return found


@lru_cache(maxsize=1)
def _digest() -> str:
    told = hashlib.sha256()
    for name, path in _files().items():
        told.update(name.encode())
        told.update(path.read_bytes())
    return told.hexdigest()


def asset_urls() -> list[str]:
    """Addresses of everything that the page loads."""
    return [static(name) for name in _files()]


def page_version(request: Any) -> str:
    """A short text that changes with the page's files, its language, its look and who it was made for."""
    parts = (
        _digest(),
        get_language(),
        request.COOKIES.get("theme", ""),
        request.COOKIES.get("density", ""),
        request.user.pk,
    )
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def service_worker_text() -> str:
    """The script of the service worker as it lies among the static files."""
    path = _found(SERVICE_WORKER)
    if path is None:
        raise FileNotFoundError(SERVICE_WORKER)
    return path.read_text("utf-8")
