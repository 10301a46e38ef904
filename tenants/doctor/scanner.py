"""What the doctor says of the scanner of files."""

from collections.abc import Iterator

from django.conf import settings

from kernel import clamd
from tenants.doctor.findings import Finding, doubt, fault, well


def look_at_scanner() -> Iterator[Finding]:
    """How the scanner is, for the doctor."""
    part, address = "virus scanner", settings.CLAMAV_ADDRESS
    if not address:
        yield (doubt if settings.LOCAL else fault)(
            part,
            "No scanner is set up: files that people bring are handed out unscanned.",
            "Run clamd and name it in CLAMAV_ADDRESS; what was brought until then is scanned too.",
        )
        return
    try:
        said = clamd.version(address)
        is_found = clamd.scan(clamd.HARMLESS_TEST, address) is not None
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
