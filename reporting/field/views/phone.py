"""The phone page: its shell, the manifest that installs it, the service worker that keeps it."""

import json

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kernel.doors import Request, tenant_door
from reporting.field.permissions import ENTER_FIELD, READ_OBSERVATIONS, USE_PHONE
from reporting.field.shell import asset_urls, page_version, service_worker_text
from tenants.addresses import tenant_url


@tenant_door(ENTER_FIELD, outlasts_idle=True)
@require_GET
def show_phone(request: Request) -> HttpResponse:
    """The carer's page; everybody else is led to what carers have noticed."""
    if not request.access.may(USE_PHONE):
        return redirect(tenant_url("field:observations"))
    # The cookie is set here: the page may be opened from the phone's own copy for weeks.
    get_token(request)
    context = {
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "version": page_version(request),
        "assets": json.dumps(asset_urls()),
        "reads_observations": request.access.may(READ_OBSERVATIONS),
    }
    return render(request, "field/phone.html", context)


@tenant_door(USE_PHONE, outlasts_idle=True)
@require_GET
def manifest(request: Request) -> HttpResponse:
    """The web app manifest (W3C): what a phone installs."""
    home = tenant_url("field:phone")
    icons = [
        {"src": static(f"field/img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    maskable = {
        "src": static("field/img/icon-maskable-512.png"),
        "sizes": "512x512",
        "type": "image/png",
        "purpose": "maskable",
    }
    body = {
        "id": home,
        "name": _("Siedem in the field: %(unit)s") % {"unit": request.tenant.name},
        "short_name": _("My visits"),
        "lang": get_language(),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#0b5c63",
        "icons": [*icons, maskable],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@tenant_door(USE_PHONE, outlasts_idle=True)
@require_GET
def service_worker(request: Request) -> HttpResponse:
    """The script that answers for the page where there is no network; it knows its own addresses only."""
    facts = {"shell": tenant_url("field:phone"), "prefix": f"siedem-field:{request.tenant.slug}:"}
    text = f"const FIELD = {json.dumps(facts)};\n{service_worker_text()}"
    return HttpResponse(
        text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
