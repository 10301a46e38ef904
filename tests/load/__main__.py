"""`make load`: people of every role at work in 200 tenants at once, and what came of it.

`TENANTS=5 PEOPLE=10 MINUTES=1 make load` for a small one. Writes `report.md` and `report.json` into `OUT`
(`.local/load`); exit 1 where a request failed or a connection grew beyond its bar.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

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
        served.start_all(web)
        memory = Memory(served)
        watching = threading.Thread(target=memory.watch, daemon=True)
        watching.start()
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
        return write_report(served.folder, out, mix, memory.seen())


if __name__ == "__main__":
    sys.exit(main())
