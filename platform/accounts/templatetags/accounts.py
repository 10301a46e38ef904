"""What account pages show of browsers and of the second factor."""

import re
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.doors import SECOND_FACTOR_NEXT

register = template.Library()

# The first that fits wins: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SecondFactorState:
    """Whether the person was sent here for want of a second factor, and where they may go once they have one."""

    missing: bool
    next: str


@register.filter
def browser_name(user_agent: str) -> str:
    """`Firefox, Windows` out of what a browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "")
    return ", ".join(part for part in (browser, system) if part) or _("unknown browser")


@register.simple_tag(takes_context=True)
def second_factor_state(context: Any) -> SecondFactorState:
    """The state of the person who looks at the page."""
    request = context["request"]
    came_from = request.session.get(SECOND_FACTOR_NEXT, "")
    protected = request.user.has_second_factor()
    return SecondFactorState(missing=bool(came_from) and not protected, next=came_from if protected else "")


@register.simple_tag
def outbox_url() -> str:
    """Where this machine keeps the mails it does not send; "" on a real installation."""
    return reverse("outbox:messages") if settings.LOCAL else ""
