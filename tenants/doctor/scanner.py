"""What the doctor says of the scanner of files."""

from collections.abc import Iterator

import redis
from django.conf import settings

from kernel import clamd, measures
from tenants.doctor.findings import Finding, doubt, fault, well


def _given_up(part: str) -> Iterator[Finding]:
    try:
        told = measures.kept()
    except (redis.RedisError, OSError):
        return
    figures = told.figures.get("siedem_files_unscannable", {}) if told else {}
    if count := sum(figures.values()):
        tenants = ", ".join(sorted(slug for slug, files in figures.items() if files)[:5])
        yield doubt(
            part,
            f"The scanner failed so often at {count} files that nobody gets them ({tenants}).",
            "The worker's log says at which and why (file_not_scanned): raise the limits of clamd, or mend it, and run "
            "manage.py scan_again. Who brought them was told to send them anew.",
        )


def look_at_scanner() -> Iterator[Finding]:
    """How the scanner is, for the doctor, and what it could not look at."""
    part, address = "virus scanner", settings.CLAMAV_ADDRESS
    yield from _given_up(part)
    if not address:
        yield (doubt if settings.LOCAL else fault)(
            part,
            "No scanner is set up: files that people bring are handed out unscanned.",
            "Run clamd and name it in CLAMAV_ADDRESS; what was brought until then is scanned too.",
        )
        return
    try:
        said = clamd.version(address)
        is_found = clamd.finds_harmless_test(address)
    except clamd.ScannerAway as error:
        yield fault(
            part,
            f"No scanner answers at {address} ({error}): files that people bring stay in quarantine.",
            "Start clamd, or put CLAMAV_ADDRESS right; what waits is scanned then by itself.",
        )
        return
    if not is_found:
        yield fault(
            part,
            f"The scanner ({said}) does not know the harmless test virus EICAR.",
            "Look whether freshclam brings signatures.",
        )
        return
    yield well(part, f"The scanner ({said}) answers and knows the harmless test virus.")
