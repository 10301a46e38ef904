"""Routes of statistics: the region."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "statistics:region": of(voivodeship="voivodeship"),
}
