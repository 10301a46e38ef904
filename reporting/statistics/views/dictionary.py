"""The dictionary of indicators for everybody: a page and a document for machines, all versions in both."""

import json
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kernel.doors import Request, open_door
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.dictionary.reading import LANGUAGES
from reporting.statistics.words import base_name, language, source_names, topic_name, unit_name, words_of


@open_door
def indicators(request: Request) -> HttpResponse:
    """Every indicator with what it means; older versions stand under the one in force."""
    known = dictionary()
    topics = [
        {
            "code": code,
            "name": topic_name(code),
            "entries": [_entry(list(found)) for _code, found in groupby(rows, key=lambda one: one.code)],
        }
        for code, rows in groupby(known.indicators, key=lambda one: one.topic)
    ]
    return render(
        request,
        "statistics/indicators.html",
        {"topics": topics, "edition": known.edition, "plain": known.plain_words[language()]},
    )


def _entry(versions: list[Indicator]) -> dict[str, Any]:
    newest = versions[-1]
    return {
        "indicator": newest,
        "words": words_of(newest),
        "sources": source_names(newest),
        "unit": unit_name(newest.unit),
        "base": base_name(newest.base),
        "breakdown": newest.breakdown
        and {
            "name": newest.breakdown.names[language()],
            "categories": [names[language()] for names in newest.breakdown.categories.values()],
        },
        "earlier": [(one, words_of(one)) for one in reversed(versions[:-1])],
    }


@open_door
def indicators_json(request: Request) -> HttpResponse:
    """The same for machines."""
    known = dictionary()
    document = {
        "edition": known.edition,
        "topics": known.topics,
        "units": known.units,
        "bases": known.bases,
        "plain_services": {"codes": sorted(known.plain_services), **known.plain_words},
        "indicators": [_as_json(one) for one in known.indicators],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def _as_json(one: Indicator) -> dict[str, Any]:
    return {
        "code": one.code,
        "version": one.version,
        "edition": one.edition,
        "valid_from": str(one.valid_from),
        "valid_to": str(one.valid_to) if one.valid_to else None,
        "period": one.period,
        "topic": one.topic,
        "unit": one.unit,
        "factor": str(one.factor),
        "in_minutes": sorted(one.in_minutes),
        "base": one.base or None,
        "breakdown": one.breakdown and {"name": one.breakdown.names, "categories": one.breakdown.categories},
        "by_service": one.by_service,
        "health": one.health,
        "business": one.business,
        "additive_over_time": one.over_time,
        "words": {
            code: {
                "name": one.words[code].name,
                "definition": one.words[code].definition,
                "numerator": one.words[code].numerator,
                "denominator": one.words[code].denominator or None,
                "note": one.words[code].note or None,
            }
            for code in LANGUAGES
        },
        "source_fields": one.source_fields,
        "sources": one.sources,
    }
