"""The TERC register: the bundled facts, newer files, and files that are refused with row and reason."""

import contextlib
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import load_territories
from tenants.models import Territory
from tenants.rules import terc
from tenants.rules.terc import Fault, Level, RefusedFile
from tenants.territory_files import newest_bundled

HEADER = "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA"
SYSTEM = Actor.system("test")


def file(*rows: str, day: str = "2025-01-01", header: str = HEADER) -> bytes:
    return "\n".join([header, *(f"{row};{day}" for row in rows)]).encode()


VOIVODESHIP = "32;;;;ZACHODNIOPOMORSKIE;województwo"
COUNTY = "32;10;;;myśliborski;powiat"
COMMUNE = "32;10;01;3;Barlinek;gmina miejsko-wiejska"


def test_the_bundled_register_is_whole() -> None:
    as_of, units = terc.parse(newest_bundled().read_bytes())
    counted = {level: sum(unit.level == level for unit in units) for level in Level}
    assert as_of == date(2024, 1, 1)
    # 16 voivodeships; 314 counties and 66 cities with county rights; 2,477 communes (GUS, 1 January 2024).
    assert counted == {Level.VOIVODESHIP: 16, Level.COUNTY: 380, Level.COMMUNE: 2477, Level.PART: 1459}
    assert sum(terc.is_city_county(unit.code) for unit in units if unit.level == Level.COUNTY) == 66


def test_parents_are_the_units_in_which_others_lie() -> None:
    _, units = terc.parse(newest_bundled().read_bytes())
    parent = {unit.code: unit.parent for unit in units}
    assert parent["3210013"] == "3210"
    assert parent["3210014"] == "3210013"
    assert parent["1465028"] == "1465011"
    assert parent["3210"] == "32"
    assert parent["32"] is None


@pytest.mark.parametrize(
    ("content", "row", "fault"),
    [
        (b"", 1, Fault.HEADER),
        (b"a;b;c", 1, Fault.HEADER),
        (HEADER.encode(), 0, Fault.EMPTY),
        ("\n".join([HEADER, "32;;;;ŁÓDZKIE;województwo;2025-01-01"]).encode("cp1250"), 0, Fault.ENCODING),
        (file(VOIVODESHIP + ";x"), 2, Fault.COLUMNS),
        (file("3;;;;A;b"), 2, Fault.CODE),
        (file("32;;01;3;A;b"), 2, Fault.CODE),
        (file(VOIVODESHIP, "32;10;01;;A;b"), 3, Fault.CODE),
        (file(VOIVODESHIP, COUNTY, "32;10;01;7;A;b"), 4, Fault.CODE),
        (file("32;;;;;województwo"), 2, Fault.NAME),
        (file(VOIVODESHIP, day="1 stycznia 2025"), 2, Fault.DATE),
        (file(VOIVODESHIP, day="2025-02-30"), 2, Fault.DATE),
        (file(VOIVODESHIP, VOIVODESHIP), 3, Fault.DUPLICATE),
        (file(VOIVODESHIP, COMMUNE), 3, Fault.ORPHAN),
        (
            file(VOIVODESHIP) + b"\n" + b"30;;;;WIELKOPOLSKIE;wojew\xc3\xb3dztwo;2025-01-02",
            3,
            Fault.OTHER_DATE,
        ),
    ],
)
def test_a_malformed_file_is_refused_with_row_and_reason(content: bytes, row: int, fault: Fault) -> None:
    with pytest.raises(RefusedFile) as refusal:
        terc.parse(content)
    assert [(found.row, found.fault) for found in refusal.value.faults] == [(row, fault)]


def test_every_fault_is_told_up_to_twenty() -> None:
    with pytest.raises(RefusedFile) as refusal:
        terc.parse(file(*["x;;;;A;b"] * 30))
    assert [found.row for found in refusal.value.faults] == list(range(2, 22))


@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_file_is_parsed_or_refused(content: bytes) -> None:
    with contextlib.suppress(RefusedFile):
        as_of, units = terc.parse(content)
        assert isinstance(as_of, date)
        assert units


@pytest.mark.django_db
def test_a_newer_file_renames_retires_and_brings_back() -> None:
    load_territories(newest_bundled().read_bytes(), actor=SYSTEM)
    known = Territory.objects.count()
    newer = file(VOIVODESHIP, "32;10;;;myśliborski nowy;powiat", COMMUNE)
    loaded = load_territories(newer, actor=SYSTEM)
    assert (loaded.added, loaded.changed, loaded.retired) == (0, 1, known - 3)
    assert Territory.objects.get(pk="3210").name == "myśliborski nowy"
    retired = Territory.objects.get(pk="3262")
    assert retired.retired_on == date(2025, 1, 1)
    back = file(VOIVODESHIP, COUNTY, COMMUNE, "32;62;;;Szczecin;miasto na prawach powiatu", day="2026-01-01")
    assert load_territories(back, actor=SYSTEM).changed == 2
    retired.refresh_from_db()
    assert retired.retired_on is None


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing() -> None:
    content = newest_bundled().read_bytes()
    load_territories(content, actor=SYSTEM)
    again = load_territories(content, actor=SYSTEM)
    assert (again.added, again.changed, again.retired, again.unchanged) == (0, 0, 0, 4332)


@pytest.mark.django_db
def test_an_older_file_is_refused() -> None:
    load_territories(newest_bundled().read_bytes(), actor=SYSTEM)
    with pytest.raises(DomainError) as refusal:
        load_territories(file(VOIVODESHIP, day="2020-01-01"), actor=SYSTEM)
    assert refusal.value.code == "territories_older"


@pytest.mark.django_db
def test_the_command_names_row_and_reason_and_loads_nothing(tmp_path: Path) -> None:
    before = list(Territory.objects.values_list("pk", flat=True))
    broken = tmp_path / "terc.csv"
    broken.write_bytes(file("30;;;;WIELKOPOLSKIE;województwo", "30;01;;;", day="2025-01-01"))
    with pytest.raises(CommandError, match="Wiersz 3"):
        call_command("load_territories", str(broken))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_territories", str(tmp_path / "nowhere.csv"))
    assert list(Territory.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("kind", "polish", "english"),
    [
        ("powiat", "powiat policki", "policki county"),
        (
            "miasto na prawach powiatu",
            "miasto na prawach powiatu policki",
            "policki, city with county rights",
        ),
        ("gmina wiejska", "gmina wiejska policki", "policki rural commune"),
        ("wyspa", "wyspa policki", "wyspa policki"),
    ],
)
def test_a_territory_says_what_it_is_in_the_readers_language(kind: str, polish: str, english: str) -> None:
    territory = Territory(code="3211", level=Territory.Level.COUNTY, name="policki", kind=kind)
    for language, told in (("pl", polish), ("en", english)):
        with translation.override(language):
            assert territory.full_name == told
