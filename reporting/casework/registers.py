"""The registers: supervision of staff, trainings, results; what each shows and how it is written to a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.workbook import Minutes, write_workbook
from reporting.casework.forms import ResultForm, StaffMeetingForm, TrainingForm
from reporting.casework.models import Belonging, Result, StaffMeeting, Training
from reporting.casework.words import belongs_text
from ui.formatting import format_date_short, format_minutes_text, format_money, format_whole


@dataclass(frozen=True)
class Column:
    """A column: its title, what a row shows there, and the value for a workbook; `number` aligns to the right."""

    title: Promise
    text: Callable[[Any], str]
    value: Callable[[Any], object]
    number: bool = False


@dataclass(frozen=True)
class Register:
    """One register: its name in addresses, its words, its rows and the form of one."""

    name: str
    title: Promise
    lead: Promise
    verb: Promise
    empty: Promise
    model: type[Model]
    form: type
    fields: tuple[str, ...]
    columns: tuple[Column, ...]

    def rows(self) -> Any:
        """All rows, with what they belong to where they belong to something."""
        rows = self.model._default_manager.all()
        return rows.with_chain() if issubclass(self.model, Belonging) else rows  # type: ignore[attr-defined]


def _words(name: str, title: Promise) -> Column:
    return Column(title, lambda row: str(getattr(row, name)), lambda row: getattr(row, name))


def _kind() -> Column:
    return Column(_("Kind"), lambda row: row.get_kind_display(), lambda row: row.get_kind_display())


def _day(name: str, title: Promise) -> Column:
    return Column(title, lambda row: format_date_short(getattr(row, name)), lambda row: getattr(row, name))


def _minutes(title: Promise) -> Column:
    return Column(title, lambda row: format_minutes_text(row.minutes), lambda row: Minutes(row.minutes), True)


def _belongs() -> Column:
    return Column(_("Belongs to"), belongs_text, belongs_text)


def _number(name: str, title: Promise) -> Column:
    def text(row: Any) -> str:
        value = getattr(row, name)
        return "–" if value is None else format_whole(value)

    def value(row: Any) -> object:
        number = getattr(row, name)
        # Counts stand in a workbook as texts of whole numbers: its numbers have a decimal place.
        return None if number is None else str(number)

    return Column(title, text, value, True)


REGISTERS = {
    register.name: register
    for register in (
        Register(
            name="supervision",
            title=_("Supervision of staff"),
            lead=_("Kind, day, length and how many took part. What was said is not kept."),
            verb=_("Add a meeting"),
            empty=_("No supervision is entered yet"),
            model=StaffMeeting,
            form=StaffMeetingForm,
            fields=("held_on", "kind", "minutes", "participants", "led_by"),
            columns=(
                _day("held_on", _("Day")),
                _kind(),
                _minutes(_("Length")),
                _number("participants", _("Participants")),
                _words("led_by", _("Led by")),
            ),
        ),
        Register(
            name="trainings",
            title=_("Trainings"),
            lead=_("Trainings of workers and residents with their hours."),
            verb=_("Add a training"),
            empty=_("No training is entered yet"),
            model=Training,
            form=TrainingForm,
            fields=("title", "belongs", "provider", "starts_on", "ends_on", "minutes", "staff", "residents"),
            columns=(
                _words("title", _("Title")),
                _words("provider", _("Led by")),
                _day("starts_on", pgettext_lazy("training", "From")),
                _day("ends_on", pgettext_lazy("training", "To")),
                _minutes(_("Hours in all")),
                _number("staff", _("Workers")),
                _number("residents", _("Residents")),
                _belongs(),
            ),
        ),
        Register(
            name="results",
            title=_("Events, publications, contributions in kind"),
            lead=_("What was done beside the services, and what partners gave for it."),
            verb=_("Add an entry"),
            empty=_("Nothing is entered yet"),
            model=Result,
            form=ResultForm,
            fields=("kind", "title", "belongs", "happened_on", "quantity", "partner", "value"),
            columns=(
                _kind(),
                _words("title", _("What it was")),
                _day("happened_on", _("Day")),
                _number("quantity", _("How many")),
                _words("partner", _("Partner")),
                Column(
                    _("Estimated value"),
                    lambda row: "–" if row.value is None else format_money(row.value),
                    lambda row: row.value,
                    True,
                ),
                _belongs(),
            ),
        ),
    )
}


def register_workbook(register: Register, *, company: str, today: date) -> bytes:
    """The whole register as a workbook."""
    columns = [(str(column.title), 26 if not column.number else 14) for column in register.columns]
    rows = ([column.value(row) for column in register.columns] for row in register.rows().iterator())
    sheets = [(str(register.title), columns, rows)]
    return write_workbook(str(register.title), company=company, made_for=today, sheets=sheets)
