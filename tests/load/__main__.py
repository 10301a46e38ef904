"""`make load`: people of every role at work in 200 tenants at once, and what came of it.

`TENANTS=5 PEOPLE=10 MINUTES=1 make load` for a small one; `KILL=1` kills web, worker, PostgreSQL and Redis meanwhile.
Writes `report.md` and `report.json` into `OUT` (`.local/load`); exit 1 where a request failed that no fault explains,
where what was promised is not kept, or where a connection grew beyond its bar.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.load.faults import Faults
from tests.load.memory import Memory
from tests.load.report import write_report
from tests.load.site import ROOT, site


def _number(name: str, otherwise: int) -> int:
    return int(os.environ.get(name) or otherwise)


def main() -> int:
    """Build the tenants, let the people work, write the report."""
    tenants, people, minutes = _number("TENANTS", 200), _number("PEOPLE", 60), _number("MINUTES", 10)
    web = _number("WEB_WORKERS", 2)
    out = Path(os.environ.get("OUT") or ROOT / ".local" / "load")
    out.mkdir(parents=True, exist_ok=True)
    with site(out / "logs") as served:
        begun = time.monotonic()
        served.run("-m", "tests.load.world", str(tenants), str(served.folder))
        built = time.monotonic() - begun
        # As after a checkpoint: a server that is killed right after so much was made would first write all of it.
        served.postgres.stop()
        served.postgres.start()
        served.start_all(web)
        memory = Memory(served)
        watching = threading.Thread(target=memory.watch, daemon=True)
        watching.start()
        faults = Faults(served, minutes * 60)
        if _number("KILL", 0):
            threading.Thread(target=faults.inject, daemon=True).start()
        command = [
            sys.executable, "-m", "locust", "-f", "tests/load/people.py", "--headless", "--only-summary",
            "-u", str(people), "-r", str(max(1, people // 60)), "-t", f"{minutes}m", "--stop-timeout", "30",
            "--host", served.address, "--exit-code-on-error", "0",
        ]  # fmt: skip
        told = {**served.variables, "LOAD_FOLDER": str(served.folder)}
        subprocess.run(command, cwd=ROOT, env=told, check=True)
        memory.over.set()
        watching.join()
        mix = {
            "tenants": tenants, "people": people, "minutes": minutes, "web_processes": web,
            "seconds_to_build": round(built), "seconds_to_build_a_tenant": round(built / tenants, 2),
        }  # fmt: skip
        kept = json.loads(served.told("-m", "tests.load.told", str(served.folder)))
        return write_report(served.folder, out, mix, memory.seen(), faults.done, kept)


if __name__ == "__main__":
    sys.exit(main())
