"""Files that people take with them: never shown by the browser, never kept on the way."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(content: bytes | str, *, name: str, content_type: str) -> HttpResponse:
    """The answer that hands a file over under its name, whatever signs the name has."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-store",
        },
    )
