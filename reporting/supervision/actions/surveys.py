"""Verbs of a survey: drawn, linked to, answered by link, telephone or paper, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.crypto import encrypt
from kernel.errors import Conflict, DomainError
from kernel.ids import new_id
from kernel.periods import Month
from kernel.stamps import stamp_of
from kernel.validation import require_valid
from reporting.supervision.actions.typed import NAME_LENGTH
from reporting.supervision.locking import lock, next_number
from reporting.supervision.models import Invitation, Questionnaire, Survey, SurveyResponse
from reporting.supervision.queries.contact import reachable, withheld_of
from reporting.supervision.queries.drawing_services import to_ask
from reporting.supervision.queries.surveys import new_token, sha256_of
from reporting.supervision.rules.sampling import digest_of, draw
from reporting.supervision.rules.surveys import Answer, is_answer
from reporting.supervision.tasks import mail_survey_link

MOST_MONTHS = 12
_NO_DECISION = _("The contract has no decision to draw in these months: choose other months.")
_NOBODY: dict[str, Any] = {
    Questionnaire.Audience.ADVISED: _(
        "Nobody who got advice under the contract in these months can be asked: all are known by an alias, stayed "
        "anonymous or left no contact. Choose other months, or ask at the next appointment."
    ),
    Questionnaire.Audience.CRISIS: _(
        "Of nobody helped in these months the case says that they agreed to be asked: those who work on the case note "
        "it there. Choose other months, or wait until they have talked about it."
    ),
}
_LINKED = ["token_sha256", "linked_on", "mailing", "mail_encrypted"]


@dataclass(frozen=True)
class SurveyPlan:
    """Over which months what sample is drawn, and until when answers are taken."""

    first: Month
    last: Month
    method: str
    size: int
    closes_on: date
    seed: str = ""


def start_survey(
    contract: Contract, questionnaire: Questionnaire, plan: SurveyPlan, *, actor: Actor
) -> Survey:
    """Draw of the period whom the questionnaire is for and invite each once; the seed is made where none is given.

    How many were helped and cannot be asked is kept by reason.
    Raises DomainError `not_published`, `wrong_period`, `closes_in_past`, `nothing_to_draw`.
    """
    with transaction.atomic():
        _require_plan(questionnaire, plan)
        asked = to_ask(contract, questionnaire.audience, plan.first, plan.last)
        found = asked.found
        if not found:
            raise DomainError(
                "nothing_to_draw",
                _NOBODY.get(questionnaire.audience, _NO_DECISION),
                field="first_month",
                value=plan.first,
            )
        candidates = [one.candidate for one in found.values()]
        year = timezone.localdate().year
        row = Survey(
            contract=contract,
            questionnaire=questionnaire,
            year=year,
            number=next_number(Survey, year),
            first_month=plan.first.first,
            last_month=plan.last.first,
            method=plan.method,
            seed=plan.seed.strip() or new_id().hex[-12:],
            population=len(candidates),
            population_sha256=digest_of(candidates),
            unasked=asked.unasked,
            closes_on=plan.closes_on,
            started_at=timezone.now(),
            started_by_name=actor.label[:NAME_LENGTH],
        )
        require_valid(row, exclude=["contract", "questionnaire"])
        row.save(force_insert=True)
        drawn = draw(candidates, method=plan.method, size=plan.size, seed=row.seed)
        Invitation.objects.bulk_create(
            Invitation(survey=row, place=place, **found[one.key].subject)
            for place, one in enumerate(drawn, start=1)
        )
        drawn_of = {"drawn": len(drawn), "population": row.population, "unasked": row.unasked}
        _note("start_survey", row, actor, seed=row.seed, **drawn_of)
    return row


def link_stamp(invitation: Invitation) -> str:
    """What the page of one invitation saw of its link; sent again after a link was made, it makes no other."""
    return stamp_of(invitation.state, invitation.token_sha256)


def issue_links(
    survey: Survey, invitation: Invitation | None = None, *, seen: str | None = None, actor: Actor
) -> list[tuple[Invitation, str]]:
    """Tokens for one invitation, or for all that wait without a link; they are told once, and only their hash is kept.

    A link issued anew makes the earlier one void, and there is none for somebody who may no longer be contacted.
    Raises DomainError `survey_over`, `no_contact` of the one invitation, `nothing_to_link`; Conflict
    `linked_meanwhile` where the one invitation has got another link since it was `seen` (a page sent twice).
    """
    with transaction.atomic():
        row: Survey = lock(survey)
        _require_running(row)
        if row.is_over:
            raise DomainError(
                "survey_over", _("The last day for answers has passed: a link would no longer work.")
            )
        if invitation:
            _require_contact(invitation)
        waiting = row.invitations.select_for_update(of=("self",)).filter(state=Invitation.State.WAITING)
        chosen = waiting.filter(pk=invitation.pk) if invitation else waiting.filter(token_sha256="")
        issued = [(one, new_token()) for one in reachable(chosen).order_by("place")]
        if not issued:
            raise DomainError("nothing_to_link", _("No invitation waits for a link: all are linked or used."))
        if invitation and seen is not None and seen != link_stamp(issued[0][0]):
            raise Conflict(
                "linked_meanwhile",
                _(
                    "A link for this invitation was made already, perhaps because the page was sent twice; that link "
                    "works. Make another one only if it is lost: then it stops working."
                ),
            )
        for one, token in issued:
            one.token_sha256, one.linked_on = sha256_of(token), timezone.localdate()
            one.mailing, one.mail_encrypted = "", None
        Invitation.objects.bulk_update([one for one, _token in issued], _LINKED)
        _note("issue_survey_links", row, actor, links=len(issued))
    return issued


def mail_links(survey: Survey, addresses: Mapping[UUID, str], *, actor: Actor) -> int:
    """Have a link mailed for each of these invitations that waits, one mail after another; returns how many.

    An address is kept encrypted until its mail has left. The mail makes a new link, so an earlier one is void then.
    Raises DomainError `survey_over`, `nothing_to_mail`.
    """
    with transaction.atomic():
        row: Survey = lock(survey)
        _require_running(row)
        if row.is_over:
            raise DomainError(
                "survey_over", _("The last day for answers has passed: a link would no longer work.")
            )
        # Nothing is mailed to somebody in a crisis: who knows whether it is safe hands it over.
        waiting = row.invitations.select_for_update(of=("self",)).filter(
            state=Invitation.State.WAITING, pk__in=list(addresses), case__isnull=True
        )
        chosen = list(reachable(waiting).order_by("place"))
        if not chosen:
            raise DomainError(
                "nothing_to_mail", _("Write the address of at least one invitation that waits.")
            )
        for one in chosen:
            one.mailing, one.mail_encrypted = Invitation.Mailing.WAITING, encrypt(addresses[one.pk])
        Invitation.objects.bulk_update(chosen, ["mailing", "mail_encrypted"])
        for one in chosen:
            send_after_commit(mail_survey_link, one.pk)
        _note("mail_survey_links", row, actor, links=len(chosen))
    return len(chosen)


def answer_survey(
    invitation: Invitation, answers: Sequence[Answer], *, channel: str, actor: Actor
) -> SurveyResponse:
    """Keep answers, one for each question, and mark the invitation as used: nothing joins the two.

    Raises DomainError `invitation_used`, `survey_over` (a link after its day; anything after closing), `no_contact`,
    `no_answers`, `not_an_answer`.
    """
    with transaction.atomic():
        survey: Survey = lock(invitation.survey)
        _require_running(survey)
        if channel == SurveyResponse.Channel.LINK and survey.is_over:
            raise DomainError("survey_over", _("The last day for answers has passed."))
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if row.state != Invitation.State.WAITING:
            raise DomainError("invitation_used", _("This invitation was answered already."))
        _require_contact(row)
        questions = survey.questionnaire.questions
        kept = [answer.strip() or None if isinstance(answer, str) else answer for answer in answers]
        if not any(answer is not None for answer in kept):
            raise DomainError("no_answers", _("Answer at least one question."))
        if len(kept) != len(questions) or not all(map(is_answer, questions, kept)):
            raise DomainError("not_an_answer", _("Choose one of the answers offered."))
        response = SurveyResponse(survey=survey, channel=channel, answers=kept)
        require_valid(response, exclude=["survey"])
        response.save(force_insert=True)
        row.state = Invitation.State.USED
        row.forget_address()
        row.save(update_fields=["state", "mailing", "mail_encrypted"])
        # The line names the survey, never the invitation.
        _note("answer_survey", survey, actor, channel=channel)
    return response


def close_survey(survey: Survey, *, actor: Actor) -> Survey:
    """Take no more answers; results are shown from now on, and who answered is forgotten. Raises once closed.

    Who was drawn and could not be asked any more joins those without a contact, by number alone.
    """
    with transaction.atomic():
        row: Survey = lock(survey)
        _require_running(row)
        row.state, row.closed_at = Survey.State.CLOSED, timezone.now()
        row.closed_by_name = actor.label[:NAME_LENGTH]
        if withheld := len(withheld_of(row)):
            code = Survey.Unasked.NO_CONTACT.value
            row.unasked = {**row.unasked, code: row.unasked.get(code, 0) + withheld}
        row.save(update_fields=["state", "closed_at", "closed_by_name", "unasked"])
        row.invitations.update(state=Invitation.State.ENDED, mailing="", mail_encrypted=None)
        _note("close_survey", row, actor, answered=row.responses.count())
    return row


def _require_plan(questionnaire: Questionnaire, plan: SurveyPlan) -> None:
    today = timezone.localdate()
    if questionnaire.state != Questionnaire.State.PUBLISHED:
        raise DomainError(
            "not_published",
            _("Publish the questionnaire first: a survey asks a version that stays."),
            field="questionnaire",
        )
    months = (plan.last.year - plan.first.year) * 12 + plan.last.month - plan.first.month + 1
    if not 1 <= months <= MOST_MONTHS:
        raise DomainError(
            "wrong_period",
            format_lazy(_("Choose a period of 1 to {most} months."), most=MOST_MONTHS),
            field="last_month",
            value=plan.last,
        )
    if plan.closes_on < today:
        raise DomainError(
            "closes_in_past",
            _("Answers are taken until today at the earliest: choose a later day."),
            field="closes_on",
            value=plan.closes_on,
        )


def _require_running(row: Survey) -> None:
    if row.state != Survey.State.RUNNING:
        raise DomainError("survey_over", _("The survey is closed: it takes no more answers."))


def _require_contact(invitation: Invitation) -> None:
    if not reachable(Invitation.objects.filter(pk=invitation.pk)).exists():
        raise DomainError(
            "no_contact",
            _("This invitation cannot be used: there is no contact that may be used for a question."),
        )


def _note(verb: str, row: Survey, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="survey",
        subject_id=row.pk,
        payload={"number": str(row), "contract": row.contract_id, "state": row.state, **facts},
    )
