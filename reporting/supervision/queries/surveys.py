"""Surveys of contracts and their results, for this app's pages and for the apps above."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from kernel.access import Access
from reporting.supervision.models import Invitation, Questionnaire, Survey
from reporting.supervision.queries.terms import settings_at_hand
from reporting.supervision.rules.surveys import HIGHEST, LOWEST, SCALE, TEXT, average_of, count_answers


@dataclass(frozen=True, slots=True)
class SurveyTold:
    """A survey in one line: how many decisions were invited, how many answers came; `audience` is a code."""

    survey_id: UUID
    number: str
    title: str
    audience: str
    contract_id: UUID
    is_closed: bool
    invited: int
    answered: int

    @property
    def audience_words(self) -> str:
        """For whom it is, in words."""
        return str(Questionnaire.Audience(self.audience).label)


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What was answered to one question.

    `labels` and `counts` of a scale or a choice; `average` of a scale (1 … 5, 2 places). `hidden` where too few
    answered for the reader to be told; then counts, average and texts are empty.
    """

    number: int
    text: str
    kind: str
    answered: int
    labels: Sequence[str]
    counts: Sequence[int]
    average: Decimal | None
    texts: Sequence[str]
    hidden: bool


def new_token() -> str:
    """The token of a new link; nobody can guess it."""
    return secrets.token_urlsafe(24)


def sha256_of(token: str) -> str:
    """What is kept of the token of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> Invitation | None:
    """The invitation of a link of this tenant; None where nobody issued such a link, or it was issued anew."""
    rows = Invitation.objects.select_related("survey__questionnaire")
    found: Invitation | None = rows.filter(token_sha256=sha256_of(token)).first()
    return found


def surveys_told(contracts: Collection[UUID] | None, first: date, last: date) -> list[SurveyTold]:
    """Surveys whose period touches first..last, by number; `contracts` None means all of the tenant. One query."""
    rows = Survey.objects.filter(first_month__lte=last, last_month__gte=first.replace(day=1))
    if contracts is not None:
        rows = rows.filter(contract_id__in=list(contracts))
    return [
        SurveyTold(
            survey_id=row.pk,
            number=str(row),
            title=row.questionnaire.title,
            audience=row.questionnaire.audience,
            contract_id=row.contract_id,
            is_closed=row.state == Survey.State.CLOSED,
            invited=row.invited,
            answered=row.answered,
        )
        for row in rows.counted().select_related("questionnaire").order_by("year", "number")
    ]


@dataclass(frozen=True, slots=True)
class SurveyCounts:
    """How many surveys there are, how many decisions they invited, and how many answers came."""

    surveys: int
    invited: int
    answered: int


def survey_counts(contracts: Collection[UUID] | None, first: date, last: date) -> SurveyCounts:
    """Counts of the same surveys; one query."""
    told = surveys_told(contracts, first, last)
    return SurveyCounts(len(told), sum(one.invited for one in told), sum(one.answered for one in told))


def results_of(survey: Survey, *, least: int = 0, with_texts: bool = False) -> list[QuestionResult]:
    """Results of each question, in order; a question with fewer than `least` answers is hidden. One query.

    Raises ValueError while the survey runs: then invitations still show who answered.
    """
    if survey.state != Survey.State.CLOSED:
        raise ValueError("a survey that runs has no results yet")
    given = [response.answers for response in survey.responses.all()]
    results = []
    for place, question in enumerate(survey.questionnaire.questions):
        answers = [answers[place] for answers in given if answers[place] is not None]
        hidden = len(answers) < least
        counts = [] if hidden else count_answers(question, answers)
        scale = question["kind"] == SCALE
        # Sorted, so that texts of one answer cannot be joined across questions.
        texts = sorted(answers) if question["kind"] == TEXT and with_texts and not hidden else []
        results.append(
            QuestionResult(
                number=place + 1,
                text=question["text"],
                kind=question["kind"],
                answered=0 if hidden else len(answers),
                labels=[str(n) for n in range(LOWEST, HIGHEST + 1)] if scale else question["options"],
                counts=counts,
                average=average_of(counts) if scale else None,
                texts=texts,
                hidden=hidden,
            )
        )
    return results


def closed_surveys(contracts: Collection[UUID], first: date, last: date) -> list[Survey]:
    """Closed surveys of these contracts whose period touches first..last, with questionnaires and responses read.

    Two queries, whatever their number.
    """
    rows = Survey.objects.filter(
        contract_id__in=list(contracts),
        state=Survey.State.CLOSED,
        first_month__lte=last,
        last_month__gte=first.replace(day=1),
    )
    return list(rows.select_related("questionnaire").prefetch_related("responses").order_by("year", "number"))


def results_for(survey: Survey, access: Access) -> list[QuestionResult]:
    """Results as the reader may see them, nothing of a survey that few answered: they were told that it is anonymous.

    The unit sees everything of one that enough answered, an organisation no texts and no question that few answered.
    """
    least = settings_at_hand().survey_least
    if access.sees_all_organisations and survey.responses.count() >= least:
        return results_of(survey, with_texts=True)
    return results_of(survey, least=least)


def newest_published() -> list[Questionnaire]:
    """The newest published version of each questionnaire, by title; two queries."""
    published = Questionnaire.objects.filter(state=Questionnaire.State.PUBLISHED)
    newest = published.order_by("series").values("series").annotate(newest=Max("version"))
    known = {(row["series"], row["newest"]) for row in newest}
    return [row for row in published.order_by("title") if (row.series, row.version) in known]
