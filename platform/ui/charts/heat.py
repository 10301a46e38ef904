"""Cells of a grid of persons and days, as HTML."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

_WORDS = {
    "granted": pgettext_lazy("heat", "granted, still to come"),
    "full": pgettext_lazy("heat", "delivered"),
    "partly": pgettext_lazy("heat", "delivered in part"),
    "missed": pgettext_lazy("heat", "missed"),
    "over": pgettext_lazy("heat", "more than granted"),
    "outside": pgettext_lazy("heat", "outside the decision or the plan"),
    "refused": pgettext_lazy("heat", "not accepted"),
}
HEAT_STATES = ("none", "granted", "full", "partly", "missed", "over", "outside")


def heat_cell(
    state: str,
    label: str,
    *,
    href: str | None = None,
    text: str = "",
    refused: bool = False,
    off: bool = False,
) -> SafeString:
    """One `<td>`: its mark by state, `label` in words for hover and screen readers, `text` a figure to show in it.

    States: none (nothing granted, nothing done), granted (still to come), full, partly, missed, over (more than
    granted), outside (a day without a decision, plan or right). `refused` adds the red edge; `off` shades a day off.
    Raises ValueError for another state.
    """
    if state not in HEAT_STATES:
        raise ValueError(f"unknown state of a heat cell: {state!r}")
    classes = f"heat heat-{state}" + (" heat-refused" if refused else "") + (" heat-off" if off else "")
    if state == "none" and href is None and not text:
        return format_html('<td class="{}"><span class="visually-hidden">{}</span></td>', classes, label)
    if href is None:
        return format_html(
            '<td class="{}"><span class="heat-mark" role="img" aria-label="{}">{}</span></td>',
            classes,
            label,
            text,
        )
    return format_html(
        '<td class="{}"><a class="heat-mark" href="{}" aria-label="{}">{}</a></td>',
        classes,
        href,
        label,
        text,
    )


def heat_legend() -> SafeString:
    """What the marks of a heat grid mean, in words."""
    items = format_html_join(
        "",
        '<li><span class="heat heat-{}" aria-hidden="true"><span class="heat-mark"></span></span>{}</li>',
        ((state, words) for state, words in _WORDS.items()),
    )
    return format_html('<ul class="legend">{}</ul>', items)
