"""Sentences that the phone page says by itself, also without a network: filled in braces by its script."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

# Counts whose forms cover one, few and many in Polish; English takes the first two.
_EXAMPLES = (1, 2, 5)

# What the page says, and the server, of an entry that has met with a defect.
STUMBLED = gettext_lazy(
    "The server stumbled over this entry. It stays in this phone and is sent again by itself; if it is still here "
    "tomorrow, show it to your coordinator, who enters it in the diary."
)


def _forms(sentence: Callable[[int], str]) -> list[str]:
    return [sentence(count).replace("%(count)s", "{count}") for count in _EXAMPLES]


def _readings() -> dict[str, str | list[str]]:
    """Questions about times that can be read in two ways, or that no visit is likely to have."""
    return {
        "next_day": _("{day}, {time}"),
        "reading_title": _("Did the visit end on the next day?"),
        "reading_why": _("The end, {end}, is before the start, {start}."),
        "reading_overnight": _("Yes: {first}, {start} – {last}, {end} ({length})"),
        "reading_same_day": _("No, on the same day: {start}–{end} ({length})"),
        "long_title": _("Did the visit last {length}?"),
        "long_why": _(
            "That is longer than usual (up to {limit}). The coordinator will be asked to check it."
        ),
        "long_yes": _("Yes, it lasted {length}: {start}–{end}"),
        "times_back": _("Go back and correct the times"),
    }


def phone_texts() -> dict[str, str | list[str]]:
    """Keys of the page's script with their sentences in the active language; counted ones as [one, few, many]."""
    return {
        "get_in": _("How to get in: {text}"),
        "all_sent": _("Everything is in the office. Last contact at {time}."),
        "never_sent": _("Nothing waits in this phone."),
        "sending": _("Sending…"),
        "waiting_offline": _forms(
            lambda count: ngettext(
                "%(count)s entry waits for the network; it is safe in this phone.",
                "%(count)s entries wait for the network; they are safe in this phone.",
                count,
            )
        ),
        "waiting_server": _forms(
            lambda count: ngettext(
                "The server does not answer. %(count)s entry is safe in this phone.",
                "The server does not answer. %(count)s entries are safe in this phone.",
                count,
            )
        ),
        "offline": _("No network. You can go on working: everything is kept in this phone."),
        "needs_word": _forms(
            lambda count: ngettext(
                "%(count)s entry needs your word", "%(count)s entries need your word", count
            )
        ),
        "signed_out": _(
            "You are signed out. Sign in again: {count} waiting in this phone will then be sent."
        ),
        "signed_out_empty": _("You are signed out. Sign in to see your visits."),
        "other_user": _(
            "Somebody else is signed in on this phone. Entries waiting here: {count}. Sign in as yourself to send them."
        ),
        "role_ended": _(
            "Your access to this place has ended or is suspended. Entries waiting here: {count}. They stay in this "
            "phone: show them to your coordinator, who enters them or opens your access again."
        ),
        "clock_off": _(
            "The clock of this phone shows a wrong time. Set it to automatic before you start a visit."
        ),
        "no_data": _("There are no visits in this phone yet. Connect to the network once to load them."),
        "nobody": _(
            "No visit is planned for you on this day. To begin one, open “Visit to somebody who is not listed above” "
            "below and write the number of the decision."
        ),
        "not_loaded": _(
            "The visits of this day are not in this phone. Connect to the network once to load them."
        ),
        "no_worker": _(
            "Your account is not linked with a carer yet, so no visits are shown. Ask your coordinator to link it."
        ),
        "sign_in": _("Sign in"),
        "number": _("Number of the decision"),
        "with_office": _("sent, waits for a word"),
        "today": _("Today, {day}"),
        "tomorrow": _("Tomorrow, {day}"),
        "planned": pgettext("visit", "planned"),
        "running": _("running since {time}"),
        "done": pgettext("visit", "done"),
        "no_show": pgettext("visit", "person absent"),
        "cancelled": pgettext("visit", "cancelled"),
        "draft": pgettext("visit", "draft"),
        "waits": _("in this phone, not sent yet"),
        "gap": _("{minutes} min between visits (not counted as service)"),
        "start": _("I am starting"),
        "stop": _("I am finishing"),
        "drop": _("I began by mistake"),
        "drop_question": _("{person}, since {time}. Nothing of it will be entered in the diary."),
        "dropped": _("The visit is dropped. The office learns that it was begun by mistake."),
        "dropped_mark": _("dropped, begun by mistake"),
        "no_number": _("Write the number of the decision: without it nobody knows whom you visit."),
        "no_digit": _("“{number}” is not a number of a decision. Write it as on the monthly card."),
        "number_long": _(
            "The number has {length} characters, and {longest} fit. Write it as on the monthly card."
        ),
        "unchecked": _(
            "This phone does not know decision {number}. The office checks the number when the visit arrives there."
        ),
        "too_long": _("The text has {length} characters, and {longest} fit: shorten it."),
        "not_done": _("Visit not made"),
        "observe": _("Tell the coordinator"),
        "correct": _("Correct this visit"),
        "correction": _("correction"),
        "changed": _("This visit was changed in the diary meanwhile"),
        **_readings(),
        "same_times": _("The visit lasted less than a minute. Correct the start or the end."),
        "one_running": _("Another visit is running: {person}. Finish it first."),
        "finished_elsewhere": _(
            "This visit was finished in another window of this phone. Check its times, and correct them if need be."
        ),
        "kept": _("Kept in this phone."),
        "conflict": _("The same visit is in the diary already"),
        "in_phone": _("From your phone"),
        "diary_says": _("In the diary"),
        "keep": _("Leave the diary as it is"),
        "replace": _("Put mine in its place"),
        "both": _("These are two visits"),
        "ask": _("Let the coordinator decide"),
        "asked": _("The coordinator will decide."),
        "times": _("Save these times"),
        "waiting_month": _("The month is closed; the coordinator has this entry."),
        "clock": _("When was this visit?"),
        "refused": _("This entry could not be put into the diary"),
        "proposal": _("By our clock: {day}, {start}–{end}."),
        "by_phone": _("By your phone: {day}, {start}–{end}."),
        "needs_network": _("This needs the network. Try again when you have it."),
        "answered": _("Answer: {text}"),
        "unread": _("not read yet"),
        "read": _("read"),
        "urgent_sign": _("urgent"),
        "wipe_question": _forms(
            lambda count: ngettext(
                "%(count)s entry has not reached the office yet. If you erase it, the visit is lost.",
                "%(count)s entries have not reached the office yet. If you erase them, the visits are lost.",
                count,
            )
        ),
        "unknown_person": _("decision {number}"),
        "not_taken": str(STUMBLED),
        "failed_some": _forms(
            lambda count: ngettext(
                "The server could not take %(count)s entry; it is safe in this phone. Below you see what to do.",
                "The server could not take %(count)s entries; they are safe in this phone. Below you see what to do.",
                count,
            )
        ),
        "discard": _("The coordinator has it: remove"),
        "day": pgettext("field", "Day"),
        "begin": pgettext("field", "Start"),
        "end": pgettext("field", "End"),
    }
