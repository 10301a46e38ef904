"""Accounts of people who left: past the term → listed → forgotten by a protocol; and which stay, with why."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import Entry, Reading
from kernel.anonymity import ANONYMISED
from kernel.periods import WARSAW
from kernel.tenancy import public_scope, tenant_scope
from reporting.retention import actions
from reporting.retention.models import Clearance, ClearanceLine, Hold
from tenants.models import Invitation, Membership, RegionMembership
from tests.factories.people import UserFactory
from tests.factories.tenders import make_call, make_committee
from tests.reporting.retention.kinds import HOME, carry_out, listed, past, term
from tests.reporting.retention.old_world import ACTOR

pytestmark = pytest.mark.usefixtures("served_as")

LONG_AGO = datetime(2015, 3, 2, 12, tzinfo=WARSAW)


def left(tenant: Any, name: str = "Zenobia Dawna", **fields: Any) -> User:
    """Somebody whose only role in the tenant ended long ago."""
    user = UserFactory(full_name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Membership.objects.create(user=user, tenant=tenant, role="accountant", ended_at=LONG_AGO)
    return user


@pytest.fixture
def gone(alfa: Any) -> User:
    with tenant_scope(alfa):
        term("account")
        return left(alfa)


def test_an_account_is_forgotten_and_its_role_stays(alfa: Any, gone: User, sign_in: Any) -> None:
    with tenant_scope(alfa):
        Invitation.objects.create(
            email=gone.email, full_name=gone.full_name, tenant=alfa, role="accountant", token_hash="a" * 64,
            expires_at=LONG_AGO, accepted_at=LONG_AGO,
        )  # fmt: skip
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "account")
    page = director.get(f"{HOME}lists/{clearance.pk}/").content.decode()
    assert "Zenobia Dawna" in page and gone.email in page
    with tenant_scope(alfa):
        assert Reading.objects.filter(page="retention.clearance").latest("at").subject_ids == [str(gone.pk)]
    confirm = director.get(f"{HOME}lists/{clearance.pk}/confirm/").content.decode()
    assert "adres e-mail, hasło" in confirm and "1 pozycja wykazu zostanie zanonimizowana" in confirm
    told = carry_out(director, clearance)
    assert "zanonimizowano" in told and "Zenobia" not in told
    with tenant_scope(alfa):
        user = User.objects.get(pk=gone.pk)
        assert (user.full_name, user.is_active, user.has_usable_password()) == (ANONYMISED, False, False)
        assert user.email.endswith("@erased.invalid") and not EmailAddress.objects.filter(user=user).exists()
        role = Membership.objects.get(user=user)
        assert role.role == "accountant" and role.ended_at == LONG_AGO and role.cleared_at is not None
        invitation = Invitation.objects.get(tenant=alfa)
        assert invitation.full_name == ANONYMISED and invitation.email.endswith("@erased.invalid")
        entry = Entry.objects.get(verb="confirm_clearance")
        assert entry.payload["kind"] == "account" and entry.payload["anonymised"] == [str(gone.pk)]
        assert past("account") == []
    with public_scope():
        assert Entry.objects.get(verb="forget_accounts").payload == {"accounts": [str(gone.pk)]}


def test_an_account_that_belongs_elsewhere_stays_until_nobody_needs_it(
    alfa: Any, beta: Any, gone: User, sign_in: Any
) -> None:
    with tenant_scope(beta):
        term("account")
        Membership.objects.create(user=gone, tenant=beta, role="director", ended_at=LONG_AGO)
    director = sign_in("director", alfa)
    told = carry_out(director, listed(director, alfa, "account"))
    assert "konto pozostaje, bo osoba ma lub miała rolę także gdzie indziej" in told
    assert User.objects.get(pk=gone.pk).full_name == "Zenobia Dawna"
    with tenant_scope(alfa):
        assert past("account") == []
        assert ClearanceLine.objects.get().rest_stays
    with tenant_scope(beta):
        assert actions.propose_clearance("account", actor=ACTOR) == 1
        clearance = Clearance.objects.get()
        actions.confirm_clearance(clearance, protocol="B", approved_on=timezone.localdate(), actor=ACTOR)
    assert User.objects.get(pk=gone.pk).full_name == ANONYMISED


@pytest.mark.parametrize("place", ["operator", "region"])
def test_whom_the_platform_or_a_voivodeship_needs_stays(
    alfa: Any, gone: User, sign_in: Any, place: str
) -> None:
    if place == "operator":
        User.objects.filter(pk=gone.pk).update(is_operator=True)
    else:
        RegionMembership.objects.create(user=gone, voivodeship_id="32")
    director = sign_in("director", alfa)
    assert "konto pozostaje" in carry_out(director, listed(director, alfa, "account"))
    assert User.objects.get(pk=gone.pk).full_name == "Zenobia Dawna"


def _back(alfa: Any, gone: User) -> None:
    Membership.objects.create(user=gone, tenant=alfa, role="inspector")


def _invited(alfa: Any, gone: User) -> None:
    Invitation.objects.create(
        email=gone.email,
        full_name="Z",
        tenant=alfa,
        role="inspector",
        token_hash="b" * 64,
        expires_at=LONG_AGO,
    )


def _sat(alfa: Any, gone: User) -> None:
    make_committee(make_call(number="K/1/2014"), gone)


def _held(alfa: Any, gone: User) -> None:
    line = ClearanceLine.objects.get(clearance__state="proposed")
    actions.keep_back(line, reason="court", reference="I C 7/25", actor=ACTOR)


def test_a_committee_keeps_nobody_once_the_offers_are_cleared(alfa: Any, gone: User) -> None:
    with tenant_scope(alfa):
        call = make_call(number="K/1/2014", state="decided", decided_at=LONG_AGO)
        make_committee(call, gone)
        assert past("account") == []
        call.cleared_at = LONG_AGO
        call.save()
        assert past("account") == [str(gone.pk)]


KEEPING = [
    (_back, "osoba ma rolę w jednostce"),
    (_invited, "czeka zaproszenie dla tej osoby"),
    (_sat, "osoba zasiada w komisji konkursu K/1/2014"),
    (_held, "sprawa sądowa lub egzekucyjna (I C 7/25)"),
]


@pytest.mark.parametrize(("keep", "words"), KEEPING, ids=lambda one: getattr(one, "__name__", ""))
def test_what_keeps_an_account(
    alfa: Any, gone: User, sign_in: Any, keep: Callable[[Any, User], None], words: str
) -> None:
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "account")
    with tenant_scope(alfa):
        keep(alfa, gone)
        assert past("account") == []
    assert words in carry_out(director, clearance)
    assert User.objects.get(pk=gone.pk).full_name == "Zenobia Dawna"


def test_a_line_is_kept_back_on_its_page_and_let_go(alfa: Any, gone: User, sign_in: Any) -> None:
    officer = sign_in("privacy_officer", alfa)
    clearance = listed(officer, alfa, "account")
    with tenant_scope(alfa):
        line = ClearanceLine.objects.get(clearance=clearance)
    page = f"{HOME}lines/{line.pk}/keep-back/"
    assert "Wstrzymaj: Zenobia Dawna" in officer.get(page).content.decode()
    assert "wpisz go" in officer.post(page, {"reason": "other", "reference": ""}).content.decode()
    typed = {"reason": "complaint", "reference": "SK/4"}
    assert "Anonimizację wstrzymano" in officer.post(page, typed, follow=True).content.decode()
    assert "już wstrzymano" in officer.post(page, typed).content.decode()
    holds = officer.get(f"{HOME}holds/").content.decode()
    assert "Zenobia Dawna" in holds and "konta osób, które zakończyły pracę" in holds
    with tenant_scope(alfa):
        assert past("account") == []
        hold = Hold.objects.get()
        assert Entry.objects.get(verb="place_hold").subject_type == "user"
    assert "Zenobia Dawna" in officer.post(f"{HOME}holds/{hold.pk}/lift/", follow=True).content.decode()
    with tenant_scope(alfa):
        assert past("account") == [str(gone.pk)]


def test_nothing_goes_without_a_class_or_before_the_term(alfa: Any, sign_in: Any) -> None:
    with tenant_scope(alfa):
        left(alfa)
        assert past("account") == []
        term("account", years=90)
        assert past("account") == []


def test_a_proposed_term_fills_the_form_and_holds_once_entered(alfa: Any, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    home = director.get(HOME).content.decode()
    assert "Pozostałe kategorie dokumentów" in home and "?kind=account" in home
    page = f"{HOME}classes/"
    assert "propozycja bez źródła" in director.get(page).content.decode()
    form = director.get(f"{page}?kind=account").context["form"]
    assert (form["kind"].value(), form["years"].value(), form["source"].value()) == ("account", 5, "")
    typed = {"kind": "account", "symbol": "1431", "category": "B", "years": "5", "valid_from": "01.01.2011"}
    director.post(page, {**typed, "source": "Zarządzenie nr 3/2011"})
    told = director.get(page)
    assert "account" not in {one.kind for one, _label, _words in told.context["proposals"]}


def test_a_role_in_force_is_never_cleared(alfa: Any) -> None:
    user = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, tenant=alfa, role="inspector", cleared_at=LONG_AGO)


def test_queries_do_not_grow_with_accounts(alfa: Any, gone: User, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    counts = []
    for more in (0, 5):
        with tenant_scope(alfa):
            for number in range(more):
                left(alfa, f"Nowa-{number}")
            Clearance.objects.all().delete()
            past("account")
            with CaptureQueriesContext(connection) as asked:
                assert len(past("account")) == 1 + more
            found = len(asked)
        clearance = listed(director, alfa, "account")
        with CaptureQueriesContext(connection) as page:
            director.get(f"{HOME}lists/{clearance.pk}/")
        counts.append((found, sum("search_path" not in one["sql"] for one in page)))
    assert counts[0] == counts[1]
    with tenant_scope(alfa), CaptureQueriesContext(connection) as confirmed:
        actions.confirm_clearance(clearance, protocol="B", approved_on=timezone.localdate(), actor=ACTOR)
    assert len(confirmed) < 60
