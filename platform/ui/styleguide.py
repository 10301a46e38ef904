"""Invented content for the style guide: a frame, a form in two states, a table, a month and figures of a region."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict

from kernel.periods import Month, is_working_day
from ui.charts import HIDDEN, RegionValue, Series, Unit, bar_pair, choropleth, line_chart
from ui.days import DayField
from ui.formatting import format_date_text, format_minutes_text, format_month_short
from ui.months import MonthField
from ui.times import TimeField

_MONTH = Month(2026, 10)
_TODAY = date(2026, 11, 22)


class SampleForm(forms.Form):
    """One field of every kind."""

    number = forms.CharField(label="Numer decyzji", help_text="Tak jak na wydruku, na przykład D/014/2026")
    valid_from = DayField(label="Ważna od")
    starts_at = TimeField(label="Początek wizyty", required=False, help_text="Na przykład 8:30 albo 830")
    month = MonthField(label="Miesiąc", required=False)
    hours = forms.CharField(
        label="Wymiar miesięczny", required=False, help_text="Godziny i minuty, na przykład 37:30"
    )
    service = forms.ChoiceField(
        label="Usługa", choices=[("care", "Usługi opiekuńcze"), ("advice", "Poradnictwo")]
    )
    amount = forms.ChoiceField(
        label="Wymiar przyznano",
        choices=[("month", "na miesiąc"), ("week", "na tydzień"), ("plan", "według planu wizyt")],
        widget=forms.RadioSelect,
    )
    activities = forms.MultipleChoiceField(
        label="Zakres",
        required=False,
        choices=[("shopping", "Zakupy"), ("meals", "Posiłki"), ("hygiene", "Higiena")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="Uwagi", required=False, widget=forms.Textarea)
    file = forms.FileField(label="Skan decyzji", required=False, help_text="PDF, do 5 MB")
    two_workers = forms.BooleanField(label="Mogą przyjść dwie opiekunki naraz", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months: Any = self.fields["month"]
        months.offer([_MONTH.previous(), _MONTH, _MONTH.next(), Month(2027, 1)])


def sample_context(query: QueryDict) -> dict[str, Any]:
    """All that the style guide shows; the query chooses the page and the order of the table, as on real pages."""
    wrong = SampleForm(
        {
            "number": "",
            "valid_from": "2026-02-30",
            "starts_at": "25:00",
            "service": "care",
            "activities": ["fishing"],
        }
    )
    wrong.is_valid()
    pages = Paginator(range(1, 241), 20)
    return {
        "frame": _frame(),
        "today": _TODAY,
        "month": _MONTH,
        "form": SampleForm(auto_id="id_ok_%s"),
        "wrong_form": wrong,
        "page": pages.get_page(query.get("page", 3)),
        "decisions": _decisions(query.get("sort", "number")),
        "days": [{"day": day, "off": not is_working_day(day)} for day in _MONTH.days()],
        "heat_rows": _heat_rows(),
        "line": _line(),
        "bars": _bars(),
        "map": _map(),
        "weeks": [310, 420, 515, 640, 700, 690, None, 720],
    }


def _frame() -> dict[str, Any]:
    labels = ["Dziś", "Usługi", "Umowy", "Osoby i decyzje", "Miesiąc", "Nadzór", "Statystyka"]
    counts = {"Dziś": 3, "Miesiąc": 11}
    return {
        "tenant": {
            "name": "Gmina Barlinek",
            "slug": "barlinek",
            "unit_name": "Ośrodek Pomocy Społecznej w Barlinku",
        },
        "tenants": [
            {"name": "Gmina Barlinek", "url": "#barlinek", "current": True},
            {"name": "Gmina Wieliczka", "url": "#wieliczka", "current": False},
        ],
        "places": [
            {
                "label": label,
                "url": f"#place-{index}",
                "current": label == "Miesiąc",
                "count": counts.get(label),
                "aside": index not in (0, 2, 3, 4),
            }
            for index, label in enumerate(labels)
        ],
        "user": {"full_name": "Anna Nowak", "email": "anna.nowak@example.org"},
        "account_links": [
            {"label": "Moje konto", "url": "#account"},
            {"label": "Wyloguj się", "url": "#sign-out"},
        ],
        "search_url": "#search",
        "home_url": "#home",
    }


def _decisions(order: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"number": "D/001/2026", "person": "Ćwik J.", "granted": 1200, "delivered": 1200, "codes": []},
        {
            "number": "D/014/2026",
            "person": "Łącka H.",
            "granted": 2400,
            "delivered": 480,
            "codes": ["H2", "D4"],
        },
        {
            "number": "D/022/2026",
            "person": "Śliwa M.",
            "granted": 1800,
            "delivered": 1890,
            "codes": ["H1", "S1"],
        },
        {"number": "D/031/2026", "person": "Żak T.", "granted": 0, "delivered": 0, "codes": []},
    ]
    field = order.lstrip("-")
    if field in ("number", "person", "granted", "delivered"):
        rows.sort(key=lambda row: row[field], reverse=order.startswith("-"))
    return rows


def _heat_rows() -> list[dict[str, Any]]:
    patterns = [
        ("D/001 Ćwik J.", "full", {}),
        ("D/014 Łącka H.", "missed", {1: "full", 2: "partly", 6: "full", 22: "granted"}),
        ("D/022 Śliwa M.", "full", {3: "over", 10: "outside", 17: "over", 20: "missed"}),
    ]
    rows = []
    for person, usual, special in patterns:
        cells = []
        for day in _MONTH.days():
            state = special.get(day.day, usual if is_working_day(day) else "none")
            granted = 0 if state in ("none", "outside") else 120
            delivered = {"full": 120, "partly": 60, "over": 150, "outside": 60}.get(state, 0)
            hours = f"{format_minutes_text(delivered)} / {format_minutes_text(granted)}"
            cells.append(
                {
                    "state": state,
                    "label": f"{person}, {format_date_text(day)}: {hours}",
                    "href": None if state == "none" else f"#day-{day}",
                    "off": not is_working_day(day),
                    "refused": state == "outside",
                }
            )
        rows.append({"person": person, "cells": cells})
    return rows


def _line() -> Any:
    labels = [format_month_short(Month(2026, month)) for month in range(1, 11)]
    return line_chart(
        title="Godziny przyznane i wykonane w miesiącach",
        description="Wykonano mniej niż przyznano; od czerwca różnica maleje.",
        head="Miesiąc",
        labels=labels,
        series=[
            Series(
                "wykonano",
                [51600, 54000, 56400, HIDDEN, 60000, 66000, 68400, 69000, 70200, 71250],
                [f"#month-{number}" for number in range(1, 11)],
                "delivered",
            ),
            Series(
                "przyznano",
                [72000, 72600, 72000, 73200, 73200, 74400, 74400, None, 74400, 74400],
                kind="granted",
            ),
        ],
        unit=Unit.MINUTES,
    )


def _bars() -> Any:
    labels = ["Barlinek", "Działdowo", "Wieliczka", "Szczecin", "Kraków"]
    return bar_pair(
        title="Przyznano i wykonano w jednostkach",
        description="W Wieliczce wykonano więcej, niż przyznano; Szczecin jest ukryty.",
        head="Jednostka",
        labels=labels,
        granted=Series("przyznano", [74400, 42000, 60000, HIDDEN, 90000]),
        delivered=Series("wykonano", [71250, 30000, 66000, HIDDEN, 81000], [f"#{name}" for name in labels]),
    )


def _map() -> Any:
    return choropleth(
        title="Realizacja w województwach",
        description="Jaką część przyznanych godzin wykonano w październiku 2026.",
        column="wykonano",
        values={
            "32": RegionValue(Decimal("95.8"), "#32"),
            "28": RegionValue(Decimal("71.4"), "#28"),
            "12": RegionValue(Decimal("88.0"), "#12"),
            "18": RegionValue(HIDDEN, "#18"),
            "24": RegionValue(Decimal("64.2"), "#24"),
            "04": RegionValue(Decimal("101.5"), "#04"),
            "14": RegionValue(Decimal("79.9"), "#14"),
        },
        unit=Unit.PERCENT,
    )
