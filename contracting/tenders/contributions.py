"""What calls add to the step “choice of the contractor” of a cycle: is one published, lawful, decided."""

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import RECORDED, WITHOUT_CALL, rules_of
from contracting.tenders.lawfulness import lawfulness_by_call
from contracting.tenders.models import Call
from contracting.tenders.permissions import READ_CALLS
from kernel.access import Access
from tenants.addresses import tenant_url
from ui.formatting import format_instant_text


def contractor_choice(cycle: Cycle, access: Access | None) -> Contribution:
    """Checks and links of the cycle's calls; five queries, whatever their number.

    A procurement and the choice of a partner may be held elsewhere: a call of theirs counts once it is published here.
    A call that was published under another form than the one chosen now shuts the gate, whatever the form.
    """
    form = chosen_form(cycle)
    calls = list(Call.objects.real().filter(cycle_id=cycle.pk).order_by("created_at"))
    living = [call for call in calls if call.state != Call.State.ANNULLED]
    href = _address(living[-1] if living else None, cycle, access)
    published = [call for call in living if call.published_at is not None]
    unfit = _unfit(published, form, access)
    if form in WITHOUT_CALL:
        return Contribution(unfit)
    if form in RECORDED and not published:
        return Contribution(unfit, tuple(_link(call, access) for call in calls))
    items = (
        Check(
            _("The call is published"),
            bool(published),
            _("No call of this cycle is published: make one from the cycle and publish it."),
            href,
        ),
        Check(
            _("The call is announced as the law asks"),
            bool(published) and _are_lawful(published),
            _(
                "Proofs of publication are missing, or the time for offers is short: see the page of the call."
            ),
            href,
        ),
        Check(
            _("The choice is made and its results are published"),
            any(call.state == Call.State.DECIDED for call in published),
            _(
                "Nobody has been chosen yet: after the deadline the committee opens the offers, then the organ decides."
            ),
            href,
        ),
    )
    return Contribution((*items, *unfit), tuple(_link(call, access) for call in calls))


def _unfit(published: list[Call], form: str | None, access: Access | None) -> tuple[Check, ...]:
    """What shuts the gate where step 3 chose another form after a call was published; nothing where all calls fit."""
    if form is None:
        return ()
    others = [call for call in published if call.kind != rules_of(form).call_kind]
    if not others:
        return ()
    return (
        Check(
            _("The published call is of the chosen form"),
            False,
            _(
                "Step 3 chose another form after the call was published. Choose that form again, or annul the call "
                "and make one of the form that is chosen now."
            ),
            _address(others[-1], None, access),
        ),
    )


def _are_lawful(calls: list[Call]) -> bool:
    """Whether all of the published calls were announced as the law asks; three queries."""
    return all(state.is_lawful for state in lawfulness_by_call(calls).values())


def _link(call: Call, access: Access | None) -> Link:
    value = str(call.get_state_display())
    moment = call.decided_at or call.annulled_at or call.deadline
    if moment is not None:
        value = f"{value}, {format_instant_text(moment)}"
    return Link(call.number or call.title, _address(call, None, access), value=value)


def _address(call: Call | None, cycle: Cycle | None, access: Access | None) -> str:
    if access is None or not access.may(READ_CALLS):
        return ""
    if call is not None:
        return tenant_url("calls:call", call.pk)
    return tenant_url("calls:create") + f"?cycle={cycle.pk}" if cycle else ""
