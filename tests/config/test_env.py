"""Variables: read in one place, told when they are wrong, and each of them explained to the operator."""

import re
from pathlib import Path

import pytest

from config import env

ROOT = env.ROOT
READ = re.compile(r'env\.(?:text|flag|words|number|networks)\(\s*"([A-Z0-9_]+)"')
READ_PAST_ENV = re.compile(r"""os\.(?:environ|getenv)\W{1,8}(?:get\()?["']([A-Z0-9_]+)["']""")
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \|", re.MULTILINE)


def variables_read() -> set[str]:
    files = [*(ROOT / "platform" / "config").rglob("*.py"), *(ROOT / "infra").glob("*.py")]
    return {name for file in files for name in READ.findall(file.read_text("utf-8"))}


def variables_explained() -> set[str]:
    return set(ROW.findall((ROOT / "infra" / "README.md").read_text("utf-8")))


def test_every_variable_stands_in_the_table_and_every_row_is_read() -> None:
    read = variables_read()
    assert {"DATABASE_URL", "S3_BUCKET", "SENTRY_DSN", "WEB_WORKERS"} <= read
    assert read - variables_explained() == set(), "explain these in infra/README.md"
    assert variables_explained() - read == set(), (
        "nobody reads these any more: take them out of infra/README.md"
    )


def test_nobody_reads_a_variable_of_the_product_elsewhere() -> None:
    # The launcher and the simulation of a country start processes, and tell their settings by variables.
    starting = ("platform/kernel/embedded/", "reporting/demo/country/closing.py")
    places = [ROOT / "tenants", ROOT / "contracting", ROOT / "reporting", ROOT / "platform"]
    past: dict[str, set[str]] = {}
    for file in (file for place in places for file in place.rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        names = set(READ_PAST_ENV.findall(file.read_text("utf-8"))) - {
            "DJANGO_SETTINGS_MODULE",
            "PYTEST_XDIST_WORKER",
        }
        if names and not path.startswith(starting):
            past[path] = names
    assert past == {}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgresql://anna:s%40cret%2F1@db.example:6432/siedem",
            {"NAME": "siedem", "USER": "anna", "PASSWORD": "s@cret/1", "HOST": "db.example", "PORT": "6432", "OPTIONS": {}},
        ),
        (
            "postgres://postgres@/siedem?host=/var/run/postgresql&port=5433",
            {"NAME": "siedem", "USER": "postgres", "PASSWORD": "", "HOST": "/var/run/postgresql", "PORT": "5433", "OPTIONS": {}},
        ),
        (
            "postgresql://u@[::1]:5432/x?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
            {
                "NAME": "x", "USER": "u", "PASSWORD": "", "HOST": "::1", "PORT": "5432",
                "OPTIONS": {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"},
            },
        ),
        ("postgresql://", {"NAME": "siedem", "USER": "postgres", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}}),
    ],
)  # fmt: skip
def test_database_addresses(url: str, told: dict[str, object]) -> None:
    assert env.database(url) == told


@pytest.mark.parametrize("url", ["mysql://db/siedem", "sqlite:///x.db", "siedem", ""])
def test_other_databases_are_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(env.WrongVariable, match="only postgresql:// addresses are supported"):
        env.database(url)


def test_a_number_that_is_none_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("many", "-1", "2.5", ""):
        monkeypatch.setitem(env._VARIABLES, "WEB_WORKERS", value)
        with pytest.raises(env.WrongVariable, match="set it to a whole number such as 2"):
            env.number("WEB_WORKERS", 2)
    monkeypatch.setitem(env._VARIABLES, "WEB_WORKERS", "8")
    assert env.number("WEB_WORKERS", 2) == 8


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delitem(env._VARIABLES, "SECRET_KEY", raising=False)
    monkeypatch.setitem(env._VARIABLES, "SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.text("SECRET_KEY") == "from the file"
    monkeypatch.setitem(env._VARIABLES, "SECRET_KEY", "set itself")
    assert env.text("SECRET_KEY") == "set itself"


def test_a_missing_variable_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(env._VARIABLES, "SECRET_KEY", raising=False)
    with pytest.raises(env.MissingVariable, match="SECRET_KEY is not set: set the variable SECRET_KEY"):
        env.text("SECRET_KEY")


def test_networks_are_addresses_or_parts_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(env._VARIABLES, "TRUSTED_PROXIES", "10.0.0.5, 10.1.0.0/16,::1")
    assert [str(one) for one in env.networks("TRUSTED_PROXIES")] == ["10.0.0.5/32", "10.1.0.0/16", "::1/128"]
    for value in ("proxy.example", "10.0.0.5/8", "10.0.0.256"):
        monkeypatch.setitem(env._VARIABLES, "TRUSTED_PROXIES", value)
        with pytest.raises(
            env.WrongVariable, match=r"TRUSTED_PROXIES is wrong, .* write addresses or networks"
        ):
            env.networks("TRUSTED_PROXIES")
