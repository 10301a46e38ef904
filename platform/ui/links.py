"""What the answer behind a link that opens without signing in carries, so that the link stays with whom it was sent."""

from django.http import HttpResponse


def keep_link(response: HttpResponse) -> HttpResponse:
    """Let no other site, no search engine learn the address of this page.

    Not `no-referrer`: with it browsers send forms of the page with `Origin: null`, which is refused as forged, so that
    nobody could answer. `strict-origin` tells the site and nothing of the address.
    """
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
