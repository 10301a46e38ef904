"""Feeds of the notice board for readers and machines: RSS, Atom, JSON Feed, and open contracting data."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracting.tenders.clock import database_now
from contracting.tenders.models import Award, Call
from contracting.tenders.ocds import release_package
from contracting.tenders.queries.board import PublicCall, public_calls, read_all_public
from contracting.tenders.queries.reserves import ShownChange
from contracting.tenders.views.board import conditional, published_at
from kernel.doors import Request, public_door
from tenants.addresses import tenant_url
from ui.formatting import format_instant_text, format_money

# The newest; older calls stay on the board itself.
FEED_CALLS, PACKAGE_CALLS = 50, 200
_MAX_AGE = 300


@dataclass(frozen=True)
class Event:
    """Something that was published on the board."""

    key: str
    title: str
    text: str
    url: str
    at: datetime


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _newest(size: int) -> list[PublicCall]:
    return read_all_public(public_calls()[:size], now=database_now())


def _events(calls: list[PublicCall]) -> list[Event]:
    """Announcements, amendments, results, their changes and annulments, the newest first."""
    found = [event for one in calls for event in _events_of(one)]
    return sorted(found, key=lambda event: event.at, reverse=True)[:FEED_CALLS]


def _events_of(one: PublicCall) -> list[Event]:
    call = one.call
    url = _address(tenant_url("board:call", call.pk))
    names = {"number": call.number, "title": call.title}
    events = [
        Event(f"{call.pk}", _("Call %(number)s: %(title)s") % names, _summary(call), url, published_at(call))
    ]
    events += [
        Event(
            f"{call.pk}-amendment-{row.number}",
            _("Amendment %(which)s of call %(number)s: %(title)s") % {**names, "which": row.number},
            row.reason,
            f"{url}#amendment-{row.number}",
            row.published_at,
        )
        for row in one.amendments
    ]
    if call.decided_at is not None:
        title = _("Results of call %(number)s: %(title)s") % names
        text = "; ".join(
            f"{_names(award)}, {award.lot.title}, {format_money(award.amount)}" for award in one.first_results
        )
        events.append(
            Event(f"{call.pk}-results", title, text or _("No offer was chosen."), url, call.decided_at)
        )
    events += [
        Event(
            f"{call.pk}-results-change-{shown.change.number}",
            _("Change %(which)s of the results of call %(number)s: %(title)s")
            % {**names, "which": shown.change.number},
            "; ".join([*_changed(shown), shown.change.reason]),
            f"{url}#results-change-{shown.change.number}",
            shown.change.published_at,
        )
        for shown in one.changes
    ]
    if call.annulled_at is not None:
        title = _("Annulment of call %(number)s: %(title)s") % names
        events.append(Event(f"{call.pk}-annulment", title, call.annulment_reason, url, call.annulled_at))
    return events


def _changed(shown: ShownChange) -> list[str]:
    """What a change did, bidder by bidder."""
    given_up = [(_("%(bidder)s gave up %(amount)s"), award) for award in shown.given_up]
    granted = [
        (_("%(bidder)s was granted %(amount)s from the reserve list"), award) for award in shown.granted
    ]
    return [
        text % {"bidder": _names(award), "amount": format_money(award.amount)}
        for text, award in [*given_up, *granted]
    ]


def _names(award: Award) -> str:
    return " + ".join(organisation.name for organisation in award.bidders)


def _summary(call: Call) -> str:
    parts = [
        str(call.get_kind_display()),
        _("deadline for offers: %(at)s") % {"at": format_instant_text(call.deadline)},
        _("funds: %(amount)s") % {"amount": format_money(call.funds)},
    ]
    return "; ".join(parts)


def _served(request: Request, body: str, content_type: str, changed_at: datetime | None) -> HttpResponseBase:
    response = HttpResponse(body, content_type=content_type)
    patch_cache_control(response, public=True, max_age=_MAX_AGE)
    # Readers of feeds and of data are programs on other sites; there is nothing here that is not public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    etag = hashlib.sha256(body.encode("utf-8")).hexdigest()[:32]
    return conditional(request, response, etag=etag, changed_at=changed_at)


def _changed_at(calls: list[PublicCall]) -> datetime | None:
    return max((one.changed_at for one in calls), default=None)


def _syndicate(request: Request, generator: type[Rss201rev2Feed | Atom1Feed], name: str) -> HttpResponseBase:
    with translation.override(settings.LANGUAGE_CODE):
        calls = _newest(FEED_CALLS)
        feed = generator(
            title=_("Calls: %(unit)s") % {"unit": request.tenant.unit_name},
            link=_address(tenant_url("board:list")),
            feed_url=_address(tenant_url(name)),
            description=_("Calls for offers, their amendments and results."),
            language=settings.LANGUAGE_CODE,
        )
        for event in _events(calls):
            feed.add_item(
                title=event.title,
                link=event.url,
                description=event.text,
                unique_id=f"urn:siedem:{event.key}",
                unique_id_is_permalink=False,
                pubdate=event.at,
                updateddate=event.at,
            )
    body = feed.writeString("utf-8")
    return _served(request, body, feed.content_type, _changed_at(calls))


@public_door
@require_safe
def rss(request: Request) -> HttpResponseBase:
    """RSS 2.0."""
    return _syndicate(request, Rss201rev2Feed, "board:rss")


@public_door
@require_safe
def atom(request: Request) -> HttpResponseBase:
    """Atom 1.0."""
    return _syndicate(request, Atom1Feed, "board:atom")


@public_door
@require_safe
def json_feed(request: Request) -> HttpResponseBase:
    """JSON Feed 1.1, one item for each event, with the figures of the call beside its text."""
    with translation.override(settings.LANGUAGE_CODE):
        calls = _newest(FEED_CALLS)
        by_id = {str(one.call.pk): one for one in calls}
        body = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": _("Calls: %(unit)s") % {"unit": request.tenant.unit_name},
            "home_page_url": _address(tenant_url("board:list")),
            "feed_url": _address(tenant_url("board:json")),
            "language": settings.LANGUAGE_CODE,
            "items": [
                {
                    "id": f"urn:siedem:{event.key}",
                    "url": event.url,
                    "title": event.title,
                    "content_text": event.text,
                    "date_published": event.at.isoformat(),
                    "_call": _figures(by_id[event.key[:36]]),
                }
                for event in _events(calls)
            ],
        }
    return _served(request, _as_json(body), "application/feed+json; charset=utf-8", _changed_at(calls))


def _figures(one: PublicCall) -> dict[str, Any]:
    call = one.call
    return {
        "number": call.number,
        "state": str(one.phase),
        "kind": call.kind,
        "service": call.service.name,
        "funds": str(call.funds) if call.funds is not None else None,
        "deadline": call.deadline.isoformat() if call.deadline else None,
        "parts": [{"title": lot.title, "funds": str(lot.funds)} for lot in one.lots],
    }


@public_door
@require_safe
def ocds(request: Request) -> HttpResponseBase:
    """A release package of OCDS 1.1 with the newest calls, their awards and contracts."""
    with translation.override(settings.LANGUAGE_CODE):
        calls = _newest(PACKAGE_CALLS)
        changed_at = _changed_at(calls)
        body = _as_json(release_package(calls, changed_at=changed_at))
    return _served(request, body, "application/json; charset=utf-8", changed_at)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
