"""Files of `NAME=value` lines that tell other terminals what the launcher knows."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from kernel.embedded.faults import EmbeddedFault


def read_env(path: Path) -> dict[str, str]:
    """The variables of the file; empty when there is no such file. Lines beginning with # are comments."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    lines = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in lines}


def write_env(path: Path, variables: Mapping[str, str], comment: str) -> None:
    """Replace the file in one step, readable by its owner only."""
    for name, value in variables.items():
        if "\n" in value or "\r" in value:
            raise ValueError(f"{name} has a line break and cannot stand in {path.name}")
    text = "".join([f"# {comment}\n", *(f"{name}={value}\n" for name, value in variables.items())])
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def ensure_secrets(path: Path, database: Path | None) -> dict[str, str]:
    """The secrets of this machine, generated once: SECRET_KEY, and MASTER_KEYS (one Fernet key).

    `database` is the embedded data directory. When it exists without the keys its personal data were
    encrypted with, new keys would make them unreadable for good: raises EmbeddedFault instead.
    """
    found = read_env(path)
    if found.get("SECRET_KEY") and found.get("MASTER_KEYS"):
        return found
    if database is not None and database.exists() and not found.get("MASTER_KEYS"):
        raise EmbeddedFault(
            f"The keys in {path} are gone, and the personal data in {database} can be read with them only: "
            "put the file back, or begin anew with make clean."
        )
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    made = {"SECRET_KEY": secrets.token_urlsafe(50), "MASTER_KEYS": key} | found
    write_env(path, made, "Made once by make run. Without MASTER_KEYS personal data cannot be read: keep it.")
    return made
