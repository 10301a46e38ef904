"""Every form of the table, filled in: carried out with persons in it, then with rubbish in each field alone.

The counterpart of schemathesis for the pages. A form is found where people meet it, filled in, and corrected by what its
page says until it is taken (`filling.py`): its verb runs, and what follows its commit. Then each of its fields alone holds
rubbish while the others stay right, and once all are empty: nothing breaks, what is refused saves nothing, and the page
says what is wrong. Which rubbish a field gets is worked out from its name and its route: the same in every run.

Left out, to stay within a minute or so: each field gets one or two of the kinds that suit its sort (each kind comes to
many fields); of the rows of a table the first; each form as the first role that is shown it. A form that nobody can
guess right (it wants a file of a certain table, or sums that agree) is searched and tried as far as it was filled in;
`TAKEN` names those that must be right. A route that no page leads to at the stage of this world gets one strange form
that nobody drew. Refusals told by a message after a redirect are not told from success. Tasks that forms hand over are
not begun here; `test_planted.py` gives each its values. What mail tells its reader is no matter of these walks.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from kernel.tenancy import tenant_scope
from tests.architecture.asking import ROUTES, TABLE, address_of, entrants, hands_out_a_file, one_of_each_sort
from tests.architecture.carrying import carry_out, signed_in_still
from tests.architecture.filling import Control, Form, faults_on, forms_of, is_refusal
from tests.architecture.world import World, rows_written
from tests.config.receiver import Receiver

LONG = "ż" * 20_000
OF_EVERY_SORT = ["\x00", "💩" * 3, LONG]
RUBBISH = {
    "day": ["01.01.1900", "31.12.2999", "29.02.2027", "NaN", "00.00.0000", "1e9"],
    "time": ["25:00", "NaN", "-1", "1e9"],
    "duration": ["-1", "1e9", "NaN", "99999999999", "0"],
    "number": ["-1", "1e9", "NaN", "99999999999", "1e400", "0"],
    "text": ["-1", "NaN", "1e9", "<script>%s", "99999999999999", " "],
    "email": ["a@", "💩@przyklad.test"],
    "url": ["javascript:alert(1)", "http://127.0.0.1/"],
    "tel": ["-1", "1e9"],
}
CHOSEN = {"select", "radio", "checkboxes", "checkbox"}
# Forms that are taken whatever the day: people, decisions, notes and whatever else persons are written into.
TAKEN = frozenset(
    {
        "advice:note",
        "advice:refer",
        "calls:answer",
        "care:create_person",
        "care:edit_contact",
        "care:edit_person",
        "committee:opinion",
        "contracts:create_worker",
        "contracts:edit_worker",
        "crisis:describe_case",
        "crisis:open_case",
        "field:observation",
        "offers:section",
        "people:change_role",
        "people:invite",
        "region:write_note",
        "settlement:withdraw",
        "supervision:write_questionnaire",
    }
)
# What a refusal may write: who was refused what, and when somebody was there.
OF_THE_RECORD = ("audit_", "usersessions_", "django_session")


def _rubbish(name: str, control: Control, wrong_id: UUID) -> Iterator[list[str]]:
    """One or two of the kinds, by turns over the fields of all forms."""
    if control.sort == "file":
        return
    if control.sort in CHOSEN:
        kinds = [["zzz"], [str(wrong_id)], ["\x00"], ["💩"]]
        if control.sort in ("select", "radio") and len(control.values) > 1:
            kinds.append(control.values[-2:])
    else:
        own = [[value] for value in RUBBISH[control.sort]]
        kinds = [*own, *([value] for value in OF_EVERY_SORT), [*RUBBISH[control.sort][:2]]]
    count = 2 if control.sort in ("number", "duration", "day") else 1
    place = crc32(f"{name} {control.name}".encode())
    # Neighbours in the list are of one sort: steps through it bring different ones.
    for step in range(count):
        yield kinds[(place + step * (len(kinds) // count)) % len(kinds)]


def _contents(tables: list[str]) -> list[Any]:
    with connection.cursor() as cursor:
        parts = [f"SELECT '{table}', count(*), sum(hashtext(t::text)) FROM {table} t" for table in tables]
        cursor.execute(" UNION ALL ".join(parts))
        return cursor.fetchall()


def _fault_of(name: str, form: Form, sent: dict[str, Any]) -> str:
    """What is wrong with the answer to what is sent, or an empty text; nothing of it stays."""
    before, tables, refused = rows_written(), [], False
    with signed_in_still(form.client), transaction.atomic():
        answer = form.post(sent)
        refused = is_refusal(answer) or (answer.status_code == 200 and bool(faults_on(answer, form)))
        if refused:
            written = rows_written()
            tables = [
                table
                for table in written.keys() - before.keys() | {t for t in before if written[t] != before[t]}
                if not table.partition(".")[2].startswith(OF_THE_RECORD)
            ]
            saved = _contents(tables) if tables else []
        transaction.set_rollback(True)
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if hands_out_a_file(answer) and not TABLE[name].file:
        return "hands out a file: say in the table what it holds"
    if tables and saved != _contents(tables):
        return f"{answer.status_code}, and yet saved in {tables}"
    if refused and not _is_told(answer):
        return f"{answer.status_code}, and the page does not say why"
    return ""


def _is_told(answer: Any) -> bool:
    """Whether a page names what is wrong: over the form, at a field, or as a page of its own; scripts get a status."""
    if not answer.content or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return True
    page = answer.content.decode()
    return any(mark in page for mark in ('class="error-summary"', 'class="error"', 'role="alert"', "<h1"))


@pytest.mark.parametrize("name", ROUTES)
def test_a_form_is_carried_out_and_rubbish_in_it_is_refused_and_saves_nothing(
    name: str, world: World, reports: Receiver
) -> None:
    forms, before = forms_of(name, world), len(reports.reports)
    found = {} if forms else _blindly(name, world)
    taken = False
    for form in forms:
        with transaction.atomic():
            is_taken, sent = carry_out(name, form)
            transaction.set_rollback(True)
        taken = taken or is_taken
        for about, rubbish in _asked(name, form, sent, world):
            if fault := _fault_of(name, form, rubbish):
                found[f"{form.role}: {about}"] = fault
    assert found == {}
    assert reports.reports[before:] == []
    assert taken or name not in TAKEN, "the form is refused, so nothing that it does was looked at"


def _asked(
    name: str, form: Form, right: dict[str, Any], world: World
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is sent: all fields empty, then each with rubbish beside others that are right; each with what it is about."""
    if form.controls:
        yield "all fields empty", {**right, **{control: [""] for control in form.controls}}
    for control in form.controls.values():
        for values in _rubbish(name, control, world.foreign.contract.pk):
            yield f"{control.name}={[value[:20] for value in values]}", {**right, control.name: values}


def _blindly(name: str, world: World) -> dict[str, str]:
    """A form that nobody drew, as one of each sort who may enter."""
    names = (
        "name",
        "number",
        "code",
        "valid_from",
        "minutes",
        "role",
        "email",
        "month",
        "q",
        "seen",
        "reason",
    )
    found = {}
    for role, client in entrants(name, world, one_of_each_sort).items():
        form = Form(role, client, address_of(name, world.own), {}, {})
        if fault := _fault_of(name, form, {key: ["\x00💩%s"] for key in names}):
            found[role] = fault
    return found


@pytest.mark.parametrize(
    ("status", "page", "saves", "fault"),
    [
        (500, "", False, "500"),
        (422, '<div class="error-summary">', True, "422, and yet saved in ['tenant_alfa.care_person']"),
        (422, "<form></form>", False, "422, and the page does not say why"),
        (422, '<div class="error-summary">', False, ""),
    ],
)
def test_a_careless_form_is_found(status: int, page: str, saves: bool, fault: str, world: World) -> None:
    class Careless(Form):
        def post(self, sent: dict[str, Any]) -> Any:
            if saves:
                with tenant_scope(world.own.tenant):
                    type(world.own.person).objects.filter(pk=world.own.person.pk).update(code="nowy")
            return HttpResponse(page, status=status)

    found = _fault_of("care:edit_person", Careless("director", Client(), "/", {}, {}), {})
    assert found.replace(world.own.tenant.schema_name, "tenant_alfa") == fault
