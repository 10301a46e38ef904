"""What the database itself refuses where a value is missing, whatever code writes it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contracting.tenders.models import Award, Opening
from kernel.ids import new_id
from tests.contracting.tenders.offers_world import bidder
from tests.factories.tenders import make_call, opened_offer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alfa")]


def _refused(model: Any, **fields: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**fields)


def test_a_grant_without_an_amount_is_refused() -> None:
    call = make_call(state="decided", decided_at=timezone.now())
    offer = opened_offer(call, bidder())
    granted = {"offer": offer, "lot": offer.lot, "opinion": "granted", "decision": "granted", "reason": "tak"}
    _refused(Award, **granted, amount=None)
    _refused(Award, **granted, amount=0)
    assert Award.objects.create(**granted, amount=1).pk


def test_an_opening_by_two_people_has_its_moment() -> None:
    call = make_call(state="published")
    now = timezone.now()
    begun = {"call": call, "deadline": now, "first_by": new_id(), "first_at": now}
    _refused(Opening, **begun, second_by=new_id(), opened_at=None)
    _refused(Opening, **begun, second_by=None, opened_at=now)
    assert Opening.objects.create(**begun, second_by=new_id(), opened_at=now).pk
