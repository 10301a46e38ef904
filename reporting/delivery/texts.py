"""The sentences that the grid says by script, in the reader's language; braces are filled in the browser."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reporting.delivery.files.reasons import ROW_REASONS

# Counts whose forms cover one, few and many in Polish; English takes the first two.
_EXAMPLES = (1, 2, 5)


def _forms(sentence: Callable[[int], str]) -> list[str]:
    return [sentence(count).replace("%(count)s", "{count}") for count in _EXAMPLES]


def grid_texts() -> dict[str, str | list[str]]:
    """All sentences of the grid by key; those that count are lists of forms."""
    return {**_states(), **_wrong(), **_saving(), **_troubles(), **_doing()}


def _states() -> dict[str, str | list[str]]:
    return {
        "state_done": pgettext("visit", "done"),
        "state_no_show": pgettext("visit", "person absent"),
        "state_cancelled": pgettext("visit", "cancelled"),
        "state_draft": pgettext("visit", "draft"),
        "planned": _("planned: {times}"),
        "nothing_here": _("nothing entered"),
        "not_in_force": _("the decision is not in force or is suspended on this day"),
        "left_now": _("{left} left in the month"),
        "asked_later": _("no connection: what stands against it will be checked later"),
        "will_be_empty": _("the cell will be empty"),
        "entry_of": _("Entry: {person}, {day}"),
        "unusually_long": str(ROW_REASONS["unusually_long"]),
    }


def _wrong() -> dict[str, str | list[str]]:
    return {
        "wrong_not_understood": _(
            "“{part}” is not understood. Type times like 8-10 or 8:30-10:15, or a length like 2h; "
            "a full stop means as planned, x that the person was absent."
        ),
        "wrong_unclear": _(
            "“{part}” can be times or lengths. Type 8-10 for a visit with its times or 8:00 2h for one with its "
            "length; put a semicolon between two visits."
        ),
        "wrong_no_such_time": _("“{part}” is not a time of the day. Type a time from 0:00 to 23:59."),
        "wrong_equal_times": _("The visit ends when it starts ({part}). Correct the start or the end."),
        "wrong_negative": _("“{part}” is less than nothing. Type how long the visit lasted, like 2h."),
        "wrong_too_long": _("“{part}” is more than 24 hours. Enter each visit by itself."),
        "wrong_not_minutes": _("“{part}” is not a whole number of minutes. Type for example 1:30."),
        "wrong_no_plan": _("The plan has no visit on this day. Type the times, like 8-10."),
        "wrong_absent_when": _(
            "The plan has no visit on this day. Type when the person was expected, like x 8-10."
        ),
        "wrong_needs_start": _("It is not clear when the visit began. Type its start and end, like 8-10."),
        "wrong_needs_worker": _("It is not known who was there. Choose the carer."),
        "missing_start": _("Give the time when the visit began."),
        "missing_end": _("Give the time when the visit ended."),
        "missing_worker": _("Choose the carer who was there."),
    }


def _saving() -> dict[str, str | list[str]]:
    return {
        "nothing_typed": _("Entries save themselves."),
        "saved": _("saved {time} ✓"),
        "saving": _forms(lambda n: ngettext("saving %(count)s entry…", "saving %(count)s entries…", n)),
        "waiting_connection": _forms(
            lambda n: ngettext(
                "%(count)s entry waits for the connection; it is safe in this browser.",
                "%(count)s entries wait for the connection; they are safe in this browser.",
                n,
            )
        ),
        "waiting_connection_unsafe": _forms(
            lambda n: ngettext(
                "%(count)s entry waits for the connection. Do not close this page before it is saved.",
                "%(count)s entries wait for the connection. Do not close this page before they are saved.",
                n,
            )
        ),
        "waiting_server": _forms(
            lambda n: ngettext(
                "The server is resting; %(count)s entry waits and is safe in this browser.",
                "The server is resting; %(count)s entries wait and are safe in this browser.",
                n,
            )
        ),
        "waiting_server_unsafe": _forms(
            lambda n: ngettext(
                "The server is resting; %(count)s entry waits. Do not close this page before it is saved.",
                "The server is resting; %(count)s entries wait. Do not close this page before they are saved.",
                n,
            )
        ),
        "waiting_sign_in": _forms(
            lambda n: ngettext(
                "You are signed out; %(count)s entry is safe in this browser and waits until you sign in again.",
                "You are signed out; %(count)s entries are safe in this browser and wait until you sign in again.",
                n,
            )
        ),
        "waiting_sign_in_unsafe": _forms(
            lambda n: ngettext(
                "You are signed out; %(count)s entry waits until you sign in again. Do not close this page.",
                "You are signed out; %(count)s entries wait until you sign in again. Do not close this page.",
                n,
            )
        ),
        "sign_in": _("Sign in (opens a new tab)"),
        "save_refused": _(
            "You may no longer write in this diary. What you typed is kept in this browser; ask your manager."
        ),
    }


def _troubles() -> dict[str, str | list[str]]:
    return {
        "troubles": _forms(lambda n: ngettext("%(count)s entry needs you", "%(count)s entries need you", n)),
        "my_entry": _("your entry"),
        "their_entry": _("stands in the diary"),
        "their_entry_by": _("entered by {name} ({time})"),
        "removed": pgettext("entry", "removed"),
        "keep_mine": _("Keep mine"),
        "keep_theirs": _("Keep theirs"),
        "keep_both": _("Keep both"),
        "correct": pgettext("verb", "Correct"),
        "drop": _("Give up this entry"),
        "you_typed": _("You typed: {text}"),
    }


def _doing() -> dict[str, str | list[str]]:
    return {
        "cleared": _("cleared; Ctrl Z brings it back"),
        "undone": _("undone"),
        "redone": _("done again"),
        "nothing_undone": _("there is nothing to undo"),
        "nothing_redone": _("there is nothing to do again"),
        "refused_keys": _("Enter: correct it. Delete: give it up."),
        "row_closed": _("this month was handed in and is closed: ask the social unit to return it"),
        "read_only": _("you can read this diary; the organisation's people write in it"),
        "copied": _("entered; Ctrl Z takes it back"),
        "visits": _forms(lambda n: ngettext("%(count)s visit", "%(count)s visits", n)),
        "persons": _forms(lambda n: ngettext("of %(count)s person", "of %(count)s persons", n)),
        "copy_preview": _("This will enter {visits} {persons}, only where a day is still empty."),
        "copy_nothing": _("There is nothing to enter: the days are filled, or have not come yet."),
        "copy_without_worker": _(
            "Left out: visits {persons} for whom no carer is known yet. Enter one visit there first."
        ),
        "pasted": _forms(lambda n: ngettext("%(count)s cell pasted", "%(count)s cells pasted", n)),
        "pasted_wrong": _forms(
            lambda n: ngettext("%(count)s cell needs correcting", "%(count)s cells need correcting", n)
        ),
        "pasted_outside": _forms(
            lambda n: ngettext(
                "%(count)s cell fell outside the grid or into a closed month",
                "%(count)s cells fell outside the grid or into a closed month",
                n,
            )
        ),
        "as_planned": _("As planned"),
        "absent": _("Person absent"),
        "open_visits": pgettext("verb", "Open"),
        "other_times": _("Other times…"),
    }
