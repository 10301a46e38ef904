"""Write the secrets that docker-compose.yml names, each once: `python3 infra/make_secrets.py siedem.example.pl`.

Needs Python alone. What is there already stays as it is, so running it again is harmless.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def _key(size: int = 32) -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode()


def _seal_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write(path: Path, make: Callable[[], str], mode: int = 0o600) -> str:
    """Make the file, for its owner alone unless `mode` says otherwise, where it is not there; returns what it holds."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            os.fchmod(handle, mode)
            out.write(make())
        sys.stdout.write(f"written: {path.name}\n")
    return path.read_text("utf-8")


def make_secrets(root: Path, host: str) -> None:
    """Fill `root/.secrets` and `root/.env`."""
    folder = root / ".secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    _write(folder / "secret_key", lambda: secrets.token_urlsafe(60))
    _write(folder / "master_keys", _key)
    _write(folder / "seal_key", _seal_key)
    password = _write(folder / "database_password", lambda: secrets.token_urlsafe(30))
    _write(folder / "database_url", lambda: f"postgresql://siedem:{password}@database:5432/siedem")
    own = _write(folder / "web_database_password", lambda: secrets.token_urlsafe(30))
    _write(folder / "web_database_url", lambda: f"postgresql://siedem_web:{own}@database:5432/siedem")
    # Redis gives root up before it reads this, so its own account must be able to; on the host the folder shuts it.
    queue = _write(
        folder / "redis_config", lambda: f"requirepass {secrets.token_urlsafe(30)}\n", 0o644
    ).split()[1]
    _write(folder / "redis_url", lambda: f"redis://:{queue}@queue:6379/0")
    key = _write(folder / "store_key", lambda: secrets.token_urlsafe(30))
    _write(folder / "store_config.json", lambda: _store_config(key))
    # What others give; write it there: the secret of the account at the store of backups (before --profile backup), of
    # the mail server, of the gateway for short messages, and the account at a KMS in the form of ~/.aws/credentials.
    for name in ("backup_key", "email_password", "sms_token", "kms_credentials"):
        _write(folder / name, str)
    _write(folder / "grafana_password", lambda: secrets.token_urlsafe(20))
    _write(root / ".env", lambda: f"SITE_HOST={host}\nSIEDEM_USER={os.getuid()}:{os.getgid()}\n")


def _store_config(key: str) -> str:
    may = ["Admin", "Read", "Write", "List", "Tagging"]
    credentials = [{"accessKey": "siedem", "secretKey": key}]
    return json.dumps({"identities": [{"name": "siedem", "credentials": credentials, "actions": may}]})


def main() -> int:
    if len(sys.argv) != 2 or "/" in sys.argv[1]:
        sys.stderr.write(
            "Give the host name under which people reach the site: make_secrets.py siedem.example.pl\n"
        )
        return 2
    if os.getuid() == 0:
        sys.stderr.write("Run this as the user who runs the containers, not as root.\n")
        return 2
    make_secrets(ROOT, sys.argv[1])
    sys.stdout.write(
        "Keep a copy of .secrets where neither the database nor its backups are: without master_keys personal data, "
        "and without seal_key sealed offers, can never be read again.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
