"""The dictionary of an export: what each file and column is, in Polish and English."""

import inspect
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenants.archives.plain import Column
from tenants.hooks import closed_column

HEADING = [
    "file", "column", "type", "unit", "may_be_empty", "key", "meaning_pl", "meaning_en", "choices_pl",
    "choices_en", "note",
]  # fmt: skip
TABLES_HEADING = ["file", "rows", "what"]
_TYPES: list[tuple[type[Column], str]] = [
    (models.BooleanField, "true or false"),
    (models.DateTimeField, "instant"),
    (models.DateField, "date"),
    (models.TimeField, "time of day"),
    (models.UUIDField, "identifier"),
    (models.DecimalField, "number"),
    (models.IntegerField, "whole number"),
    (models.JSONField, "JSON"),
    (models.BinaryField, "text, decrypted"),
]
_UNITS = (
    ("minutes", "min"), ("days", "d"), ("hours", "h"), ("percent", "%"), ("permille", "‰"), ("size", "bytes"),
)  # fmt: skip
_MONEY = {
    "amount", "due", "fee", "from_advance", "funds", "grant", "grant_max", "grant_min", "opinion_amount",
    "outside_grant", "own_contribution", "price_per_hour", "spent", "total", "unit_cost",
}  # fmt: skip


def fields_of(model: type[models.Model]) -> list[Column]:
    """The columns that are stored, not those that PostgreSQL computes from them."""
    return [one for one in model._meta.concrete_fields if not one.generated]


def columns_of(file: str, model: type[models.Model], files: dict[str, str]) -> Iterator[list[str]]:
    """The lines of a table's columns; `files` are the files of other tables by their name in the database."""
    for field in fields_of(model):
        polish, english = _in_both(lambda field=field: _meaning(field))
        choices = _in_both(lambda field=field: _choices(field))
        closed = closed_column(model._meta.db_table, str(field.column))
        yield [
            file,
            str(field.column),
            _type(field),
            _unit(field),
            "yes" if field.null else "no",
            _key(field, files),
            polish,
            english,
            *choices,
            f"left out: {closed}" if closed else "",
        ]


def what_is(model: type[models.Model]) -> str:
    """What a row of the table is, as its program says; "" for one that only joins two others."""
    said = model.__doc__ or ""
    # A model without words of its own gets its fields for words.
    return (
        ""
        if said.startswith(f"{model.__name__}(")
        else inspect.cleandoc(said).split("\n\n")[0].replace("\n", " ")
    )


def _in_both(say: Any) -> list[str]:
    told = []
    for language in ("pl", "en"):
        with translation.override(language):
            told.append(say())
    return told


def _type(field: Column) -> str:
    if field.is_relation:
        return "identifier"
    return next((name for kind, name in _TYPES if isinstance(field, kind)), "text")


def _unit(field: Column) -> str:
    if isinstance(field, models.DateTimeField):
        return "ISO 8601, UTC"
    if isinstance(field, models.DateField):
        return "ISO 8601"
    if isinstance(field, models.DecimalField):
        return "PLN" if field.name in _MONEY else ""
    if isinstance(field, models.IntegerField):
        return next((unit for ending, unit in _UNITS if ending in field.name.split("_")), "")
    return ""


def _key(field: Column, files: dict[str, str]) -> str:
    if field.primary_key:
        return "primary"
    target = field.related_model
    if isinstance(target, type) and target._meta.db_table in files:
        return f"{files[target._meta.db_table]}:{target._meta.pk.column}"
    return ""


def _choices(field: Column) -> str:
    return "; ".join(f"{value} = {label}" for value, label in field.flatchoices if value is not None)


def _meaning(field: Column) -> str:
    """The words of forms where there are any, else what the column's name says by the house's rules of names."""
    words = str(field.verbose_name)
    if isinstance(field.verbose_name, Promise) or words != field.name.replace("_", " "):
        return ". ".join(part for part in (words, str(field.help_text)) if part)
    return _by_name(field)


def _by_name(field: Column) -> str:
    name = field.name
    if field.primary_key:
        return _("identifier of the row")
    if isinstance(field.related_model, type):
        return _("row of the table %(table)s to which it belongs") % {
            "table": field.related_model._meta.db_table
        }
    readable = name.replace("_", " ")
    for ending, said in (
        ("_at", _("when (%(name)s)")),
        ("_by_name", _("name of the person who did it (%(name)s)")),
        ("_by", _("account of the person who did it (%(name)s)")),
        ("_encrypted", _("personal data, stored encrypted and here in plain (%(name)s)")),
        ("_index", _("fingerprint for exact search (%(name)s)")),
        ("_id", _("identifier (%(name)s)")),
        ("sha256", _("SHA-256 of the content (%(name)s)")),
        ("state", _("state")),
        ("number", _("number")),
        ("version", _("number of the version")),
        ("position", _("place in the order")),
        ("month", _("month, by its first day")),
    ):
        if name.endswith(ending):
            return said % {"name": readable} if "%(name)s" in said else said
    return _("as its name in the program says: %(name)s") % {"name": readable}
