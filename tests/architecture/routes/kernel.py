"""Routes of kernel: the signs of life."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "kernel:live": of(),
    "kernel:ready": of(),
}
