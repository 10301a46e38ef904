"""Every environment variable of the product is read here and nowhere else."""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
_FILES = (LOCAL / "secrets.env", LOCAL / "runtime.env")


class MissingVariable(RuntimeError):
    """A variable without which the product must not start is not set."""


class WrongVariable(RuntimeError):
    """A variable has a value with which the product cannot start."""


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, value in pairs if not key.lstrip().startswith("#")}


def load(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables of the process, over those that the local launcher left in `.local/`."""
    merged: dict[str, str] = {}
    for path in _FILES:
        merged.update(_read_file(path))
    merged.update(environ)
    return merged


_VARIABLES = load()


def text(name: str, default: str | None = None) -> str:
    """The variable as text; a secret may stand in a file named by `NAME_FILE`."""
    value = _VARIABLES.get(name)
    if value is None and (path := _VARIABLES.get(f"{name}_FILE")):
        value = Path(path).read_text("utf-8").strip()
    if value is None:
        value = default
    if value is None:
        raise MissingVariable(f"{name} is not set: set the variable {name} (or {name}_FILE) and start again.")
    return value


def flag(name: str, default: bool) -> bool:
    """The variable as a yes or no: 1, true, yes, on mean yes."""
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """The variable as a whole number, not negative."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise WrongVariable(f"{name} is {value!r}: set it to a whole number such as {default}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """The variable as a list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """The variable as addresses and networks (`10.0.0.5`, `10.1.0.0/16`), separated by commas."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        raise WrongVariable(
            f"{name} is wrong, {error}: write addresses or networks such as 10.0.0.5,10.1.0.0/16."
        ) from error


def database(url: str) -> dict[str, object]:
    """Django's settings of a PostgreSQL address such as `postgresql://user:secret@host:5432/name?host=/socket`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise WrongVariable(
            f"DATABASE_URL begins with {parts.scheme!r}: only postgresql:// addresses are supported."
        )
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "siedem",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "OPTIONS": query,
    }
