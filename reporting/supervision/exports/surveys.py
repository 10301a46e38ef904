"""A survey on paper to be filled in by hand, and its results as a workbook for the unit."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.workbook import Rows, write_workbook
from reporting.supervision.exports.paper import paper, part
from reporting.supervision.models import Survey
from reporting.supervision.queries.surveys import QuestionResult
from reporting.supervision.rules.surveys import CHOICE, HIGHEST, LOWEST, SCALE
from ui.formatting import format_date_text, format_month

_LINES = 4


def survey_pdf(survey: Survey, *, unit: str) -> bytes:
    """The form that somebody fills in by hand: no name, no number of a decision."""
    questionnaire = survey.questionnaire
    head = [
        (_("Survey"), str(survey)),
        (_("For whom"), questionnaire.get_audience_display()),
        (_("Service"), str(survey.contract.service)),
        (_("Give it back by"), format_date_text(survey.closes_on)),
    ]
    about = _(
        "Answers are anonymous: do not sign the form and do not write names. "
        "You need not answer every question. On the scale 1 means very bad and 5 very good."
    )
    parts = [part(_("How to fill it in"), text=about)]
    parts += [_asked(place, question) for place, question in enumerate(questionnaire.questions, start=1)]
    return paper(title=questionnaire.title, unit=unit, head=head, parts=parts)


def _asked(place: int, question: dict[str, Any]) -> dict[str, Any]:
    title = f"{place}. {question['text']}"
    if question["kind"] == SCALE:
        steps = [str(step) for step in range(LOWEST, HIGHEST + 1)]
        return part(title, head=steps, rows=[["[   ]"] * len(steps)])
    if question["kind"] == CHOICE:
        return part(title, text="\n".join(f"[   ]  {option}" for option in question["options"]))
    return part(title, text="\n\n".join(["." * 200] * _LINES))


def survey_xlsx(survey: Survey, results: Sequence[QuestionResult], *, unit: str) -> bytes:
    """Counts, averages and texts; the same results give the same bytes."""
    return write_workbook(
        str(survey),
        company=unit,
        made_for=survey.closes_on,
        sheets=[
            (
                pgettext("survey", "Results"),
                [
                    (_("No."), 6),
                    (pgettext("survey", "Question"), 60),
                    (pgettext("survey", "Answer"), 30),
                    (pgettext("survey", "Count"), 10),
                    (_("Average"), 10),
                ],
                _counts(results),
            ),
            (
                _("Texts"),
                [(_("No."), 6), (pgettext("survey", "Question"), 60), (_("Text"), 90)],
                [[one.number, one.text, text] for one in results for text in one.texts],
            ),
            (
                _("About the survey"),
                [(_("Survey"), 26), (str(survey), 60)],
                [
                    [_("Questionnaire"), str(survey.questionnaire)],
                    [_("For whom"), survey.questionnaire.get_audience_display()],
                    [_("Contract"), survey.contract.number],
                    [_("First month"), format_month(survey.first_month)],
                    [_("Last month"), format_month(survey.last_month)],
                    [_("How the sample is drawn"), survey.get_method_display()],
                    [_("Seed"), survey.seed],
                    [_("Could be drawn"), survey.population],
                    *(
                        [_("Cannot be asked: %(why)s") % {"why": why}, count]
                        for why, count in survey.unasked_words
                    ),
                    [_("Digest of the population (SHA-256)"), survey.population_sha256],
                ],
            ),
        ],
    )


def _counts(results: Sequence[QuestionResult]) -> Rows:
    for one in results:
        if one.hidden:
            yield [one.number, one.text, _("Too few answers to be shown."), "", ""]
            continue
        for label, count in zip(one.labels, one.counts, strict=True):
            yield [one.number, one.text, label, count, one.average]
