"""The report of a load test: by role requests, errors, median, 95th percentile, the slowest page; memory."""

import json
import math
import os
import platform
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.load.faults import Fault

CONNECTION_BAR_MB = 200
# A page asked for less often says little by its 95th percentile.
_OFTEN = 5
# Costs each role the same, most of it on purpose: the password's hash.
_DOOR = "sign "
# Role, page, milliseconds, what failed, when it ended (seconds of the clock).
Asked = tuple[str, str, float, str, float]
# So long after a killed server is back its people may still meet the end of what they began before.
_LINGERS = 30.0


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def _figures(asked: Sequence[Asked]) -> dict[str, Any]:
    took = [one[2] for one in asked]
    return {
        "requests": len(asked),
        "errors": sum(1 for one in asked if one[3]),
        "median_ms": round(quantile(took, 0.5)),
        "p95_ms": round(quantile(took, 0.95)),
        "max_ms": round(max(took)),
    }


def _by(asked: Sequence[Asked], *places: int) -> dict[str, list[Asked]]:
    found: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        found[": ".join(str(one[place]) for place in places)].append(one)
    return dict(sorted(found.items()))


def _of_faults(asked: Sequence[Asked], faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """What people met from each fault until it was forgotten, by what they were told."""
    found = []
    for fault, following in pairwise([*faults, None]):
        assert fault
        until = min(fault.back_at + _LINGERS, following.killed_at if following else math.inf)
        met = [one for one in asked if one[3] and fault.killed_at <= one[4] < until]
        found.append(
            {
                "what": fault.what,
                "seconds_away": round(fault.back_at - fault.killed_at, 1),
                "requests_failed": len(met),
                "last_failed_after": round(
                    max((one[4] for one in met), default=fault.killed_at) - fault.killed_at, 1
                ),
                "told": dict(Counter(_short(one[3]) for one in met).most_common(4)),
            }
        )
    return found


def _short(failed: str) -> str:
    """A status, or that no answer came."""
    return {"503": "503", "0": "no answer"}.get(failed.split(" ", maxsplit=1)[0].rstrip(":"), failed[:60])


def summary(
    asked: Sequence[Asked],
    mix: dict[str, Any],
    memory: dict[str, Any],
    faults: Sequence[Fault] = (),
    kept: Any = None,
) -> dict[str, Any]:
    """Everything that the report says, as plain values."""
    roles = {}
    for role, own in _by(asked, 0).items():
        pages = {page: _figures(of) for page, of in _by(own, 1).items()}
        work = {page: told for page, told in pages.items() if not page.startswith(_DOOR)}
        often = {page: told for page, told in work.items() if told["requests"] >= _OFTEN} or work or pages
        slowest = max(often, key=lambda page: often[page]["p95_ms"])
        roles[role] = {
            **_figures(own),
            "slowest": slowest,
            "slowest_p95_ms": often[slowest]["p95_ms"],
            "pages": pages,
        }
    every = _figures(asked)
    of_faults = _of_faults(asked, faults)
    unexplained = every["errors"] - sum(one["requests_failed"] for one in of_faults)
    kept = kept or {"told": {}, "lost": [], "twice": [], "broken": []}
    sound = not (kept["lost"] or kept["twice"] or kept["broken"])
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        **mix,
        **every,
        "requests_a_second": round(len(asked) / (mix["minutes"] * 60), 1),
        "what_failed": dict(
            Counter(f"{one[0]}: {one[1]}: {one[3]}" for one in asked if one[3]).most_common(20)
        ),
        "signing_in": _figures([one for one in asked if one[1] in ("sign in", "sign in, code")]),
        "roles": roles,
        "memory": memory,
        "faults": of_faults,
        "unexplained": unexplained,
        "kept": kept,
        "ok": unexplained == 0 and sound and memory["connection_mb"] <= CONNECTION_BAR_MB,
    }


def as_markdown(told: dict[str, Any]) -> str:
    memory = told["memory"]
    lines = [
        f"{told['at']}; {told['machine']}, load average up to {memory['load_average']}; {told['people']} people at once in "
        f"{told['tenants']} tenants for {told['minutes']} minutes; {told['web_processes']} web processes; tenants built in "
        f"{told['seconds_to_build']} s.",
        "",
        f"{told['requests']} requests, {told['requests_a_second']} a second, {told['errors']} errors; median "
        f"{told['median_ms']} ms, 95 % within {told['p95_ms']} ms, the slowest {told['max_ms']} ms. A web process held up "
        f"to {memory['web_process_mb']} MB, a database connection up to {memory['connection_mb']} MB (bar "
        f"{CONNECTION_BAR_MB}), all connections together {memory['connections_together_mb']} MB.",
        "",
        f"Signing in, password and code one request each: median {told['signing_in']['median_ms']} ms, 95 % within "
        f"{told['signing_in']['p95_ms']} ms. The slowest page of a role is named without it.",
        "",
        "| role | requests | errors | median | 95 % | slowest request | slowest page (95 %) |",
        "|---|---|---|---|---|---|---|",
    ]
    for role, own in told["roles"].items():
        lines.append(
            f"| {role} | {own['requests']} | {own['errors']} | {own['median_ms']} ms | {own['p95_ms']} ms | "
            f"{own['max_ms']} ms | {own['slowest']}: {own['slowest_p95_ms']} ms |"
        )
    return "\n".join([*lines, "", *_kept_lines(told["kept"]), *_fault_lines(told), ""])


def _kept_lines(kept: dict[str, Any]) -> list[str]:
    counted = ", ".join(f"{what}: {number}" for what, number in kept["told"].items())
    return [
        f"What answers promised and what the database holds ({counted}): {len(kept['lost'])} lost, {len(kept['twice'])} "
        f"done twice, {len(kept['broken'])} records of tenants that do not hold.",
    ]


def _fault_lines(told: dict[str, Any]) -> list[str]:
    if not told["faults"]:
        return []
    rows = [
        f"| {one['what']} | {one['seconds_away']} s | {one['requests_failed']} | {one['last_failed_after']} s | "
        f"{', '.join(f'{what}: {times}' for what, times in one['told'].items()) or '–'} |"
        for one in told["faults"]
    ]
    return [
        "",
        "| killed | ready again after | requests that failed | the last of them after | what they were told |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"At other times {told['unexplained']} requests failed.",
    ]


def write_report(
    folder: Path, out: Path, mix: dict[str, Any], memory: dict[str, Any], faults: Sequence[Fault], kept: Any
) -> int:
    """Write both forms and say the first aloud; 1 where a bar is missed."""
    asked = [tuple(one) for one in json.loads((folder / "requests.json").read_text())]
    told = summary(asked, mix, memory, faults, kept)
    (out / "report.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    (out / "report.md").write_text(as_markdown(told))
    print(as_markdown(told))
    for what in (*told["kept"]["lost"], *told["kept"]["twice"], *told["kept"]["broken"]):
        print(f"not kept: {what}")
    for what, count in told["what_failed"].items():
        print(f"failed {count} times: {what}")
    return 0 if told["ok"] else 1
