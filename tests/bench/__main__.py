"""`make bench`: every bar that exists, one JSON line each; exit 1 if one is missed."""

import importlib
import json
import os
import sys
from typing import Any

from tests.servers import start_test_servers, stop_test_servers

# Each measures in a database of its own, so that one world does not slow another.
PARTS = ("closing", "compare", "diary", "grid", "memory", "offers", "provisioning", "region", "routing")


def _run(part: str) -> list[dict[str, Any]]:
    from django.core.management import call_command
    from django.db import connection

    from tests.bench.places import make_tenant
    from tests.factories.places import load_places

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("migrate_schemas", shared=True, verbosity=0)
        load_places()
        make_tenant("bench")
        return list(importlib.import_module(f"tests.bench.{part}").measure())
    finally:
        connection.set_schema_to_public()
        connection.creation.destroy_test_db(name, verbosity=0)


def main(parts: list[str]) -> int:
    """Measure the named parts, or all."""
    start_test_servers()
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        import django

        django.setup()
        missed = 0
        for part in parts or PARTS:
            for measured in _run(part):
                print(json.dumps(measured, ensure_ascii=False), flush=True)
                missed += not measured["ok"]
        return 1 if missed else 0
    finally:
        stop_test_servers()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
