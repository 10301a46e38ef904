"""Serves the few front-end packages that pages use straight from node_modules, under `vendor/`."""

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.checks import CheckMessage

# Package folder under node_modules → what of it the pages may use; a whole package would ship tests and sources.
PACKAGES = ("htmx.org/dist", "source-sans/WOFF2/TTF", "source-sans/WOFF2/VF", "source-sans/TTF")


class VendorFinder(FileSystemFinder):
    """Finds `vendor/<package path>/…` in `node_modules/`."""

    def __init__(self, app_names: list[str] | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(app_names, *args, **kwargs)
        node_modules = settings.ROOT / "node_modules"
        self.locations = [
            (f"vendor/{package}", str(node_modules / package))
            for package in PACKAGES
            if (node_modules / package).is_dir()
        ]
        from django.core.files.storage import FileSystemStorage

        self.storages = {}
        for prefix, root in self.locations:
            storage = FileSystemStorage(location=root)
            storage.prefix = prefix  # type: ignore[attr-defined]
            self.storages[root] = storage

    def check(self, **kwargs: object) -> list[CheckMessage]:
        return []
