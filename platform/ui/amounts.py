"""A form field for amounts and other decimals as people write them: `10 500,50 zł`, `10500.5`, `12,5 %`."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ui.formatting import format_plain

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_UNITS = re.compile(r"^(?:PLN|EUR|€)|(?:zł|PLN|EUR|€|%)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?")


class AmountField(forms.DecimalField):
    """A decimal with at most two places; spaces and units are ignored, the last comma or point begins the decimals.

    `10.500,50` and `10,500.50` are both 10500.50; `10,500` has three places and is refused rather than guessed at.
    A `plain` one is no money: what is stored is shown with as many places as it has, `5` and not `5,00`.
    """

    default_error_messages = {
        "invalid": _("“%(value)s” is not a number. Write for example “1 245,50”."),
        "too_small": _("“%(value)s” is too little: write at least %(limit)s."),
    }

    def __init__(self, *, plain: bool = False, **kwargs: Any) -> None:
        self.plain = plain
        self.least: Decimal | None = kwargs.pop("min_value", Decimal(0))
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(localize=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if self.plain and isinstance(value, Decimal):
            return Decimal(format(value.normalize(), "f"))
        return value

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.least is not None and value < self.least:
            said = {"value": format_plain(value), "limit": format_plain(self.least)}
            raise ValidationError(self.error_messages["too_small"], code="min_value", params=said)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        text = _plain(str(value))
        if _NUMBER.fullmatch(text) is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})
        return Decimal(text)


def _plain(text: str) -> str:
    packed = _UNITS.sub("", _SPACES.sub("", text)).replace("\u2212", "-")
    at = max(packed.rfind(","), packed.rfind("."))
    if at < 0:
        return packed
    whole, decimals = packed[:at], packed[at + 1 :]
    return f"{re.sub(r'(?<=[0-9])[.,](?=[0-9]{3})', '', whole)}.{decimals}"
