"""Publishing a call: every rule checked, its key made, the board opened; nothing of it changes silently after."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.actions.steps import require_open_step
from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import rules_of
from contracting.tenders.actions.publications import post_on_board
from contracting.tenders.actions.sealing_keys import make_call_key
from contracting.tenders.announcement import check_call, problems_in
from contracting.tenders.clock import database_now
from contracting.tenders.hooks import call_published
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Call, Publication
from contracting.tenders.states import CALL_STATES
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid


def publish_call(call: Call, *, actor: Actor) -> Call:
    """Put the call on the public board and let offers in.

    Raises DomainError `not_ready` with one problem for each unmet point of the check list, `no_recovery_key`,
    `step_waiting`, `step_passed` or `kind_not_chosen` of its cycle, `wrong_state`.
    """
    with transaction.atomic():
        locked = lock_call(call)
        transition = CALL_STATES.take("publish", locked.state)
        if locked.cycle_id is not None:
            cycle = Cycle.objects.get(pk=locked.cycle_id)
            require_open_step(cycle, Step.Kind.CONTRACTOR_CHOICE)
            _require_chosen_kind(locked, cycle)
        now = database_now()
        problems = problems_in(check_call(locked, now=now))
        if problems:
            raise DomainError(
                "not_ready", _("The call cannot be published yet. Mend what is listed."), problems=problems
            )
        locked.state = transition.target
        locked.published_at, locked.published_by = now, actor.user_id
        require_valid(locked, exclude=["service", "copied_from"])
        locked.save()
        make_call_key(locked)
        post_on_board(locked, Publication.Subject.ANNOUNCEMENT, actor=actor)
        record(
            "publish_call",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"number": locked.number, "deadline": locked.deadline, "cycle": locked.cycle_id},
        )
        call_published.fire(call=locked, actor=actor)
    return locked


def _require_chosen_kind(call: Call, cycle: Cycle) -> None:
    """The form chosen in step 3 fixes which kind of call step 5 makes."""
    form = chosen_form(cycle)
    if form is None or rules_of(form).call_kind != call.kind:
        raise DomainError(
            "kind_not_chosen",
            _(
                "The cycle chose another form of realisation: change the kind of the call, or open step 3 again."
            ),
            field="kind",
            value=call.kind,
        )
