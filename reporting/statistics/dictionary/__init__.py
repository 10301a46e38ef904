"""The dictionary of indicators: what each figure means, in which version, from which month; data of the app."""

from reporting.statistics.dictionary.entries import Bounds, Breakdown, Indicator, Words
from reporting.statistics.dictionary.reading import Dictionary, dictionary, read_dictionary

__all__ = ["Bounds", "Breakdown", "Dictionary", "Indicator", "Words", "dictionary", "read_dictionary"]
