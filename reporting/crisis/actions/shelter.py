"""Verbs on places of shelter and stays."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from reporting.care.models import Person
from reporting.crisis.actions.cases import locked_case
from reporting.crisis.models import CrisisCase, ShelterPlace, ShelterStay
from reporting.crisis.queries.shelter import last_day_of, nights_of, others_of
from reporting.crisis.rules import unbroken_until
from ui.formatting import format_date_text


def add_place(organisation_id: UUID | None, *, name: str, valid_from: date, actor: Actor) -> ShelterPlace:
    """Enter a place of the centre. Raises DomainError with the field that is wrong."""
    with transaction.atomic():
        place = ShelterPlace(
            organisation_id=organisation_id, name=" ".join(name.split()), valid_from=valid_from
        )
        require_valid(place)
        place.save()
        record(
            "add_shelter_place",
            actor=actor,
            subject_type="shelter_place",
            subject_id=place.pk,
            payload={"name": place.name, "valid_from": valid_from},
        )
    return place


def end_place(place: ShelterPlace, *, valid_to: date, actor: Actor) -> ShelterPlace:
    """Give a place its last day. Raises DomainError where somebody stays longer."""
    with transaction.atomic():
        locked: ShelterPlace = ShelterPlace.objects.select_for_update().get(pk=place.pk)
        longest = locked.stays.order_by("-to_day").first()
        if longest is not None and longest.to_day > valid_to:
            raise DomainError(
                "place_is_taken",
                _("Somebody stays on this place until %(day)s: choose that day or a later one.")
                % {"day": format_date_text(longest.to_day)},
                field="valid_to",
                value=valid_to,
            )
        before, locked.valid_to = locked.valid_to, valid_to
        require_valid(locked)
        locked.save(update_fields=["valid_to"])
        record(
            "end_shelter_place",
            actor=actor,
            subject_type="shelter_place",
            subject_id=locked.pk,
            payload={"before": before, "after": valid_to},
        )
    return locked


def begin_stay(
    case: CrisisCase, *, place: ShelterPlace, from_day: date, to_day: date, ground: str, actor: Actor
) -> ShelterStay:
    """Give somebody of the case a place for nights. Raises DomainError where it is taken, or the stay too long."""
    with transaction.atomic():
        locked = locked_case(case)
        stay = ShelterStay(case=locked, place=place, from_day=from_day, to_day=to_day, ground=ground)
        if from_day < local_date(locked.opened_at):
            raise DomainError(
                "before_opening",
                _("The case began on %(day)s: choose that day or a later one.")
                % {"day": format_date_text(local_date(locked.opened_at))},
                field="from_day",
                value=from_day,
            )
        _save(stay)
        record(
            "begin_shelter_stay",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"stay": stay.pk, "place": place.name, "after": [from_day, to_day, ground]},
        )
    return stay


def change_stay(stay: ShelterStay, *, to_day: date, ground: str, actor: Actor) -> ShelterStay:
    """Move the day of leaving. Beyond the limit of the law it is refused unless a provision allows longer stays."""
    with transaction.atomic():
        case = locked_case(stay.case)
        stored = _going_on(stay)
        before = [stored.to_day, stored.ground]
        stored.case, stored.to_day, stored.ground = case, to_day, ground
        _save(stored)
        record(
            "change_shelter_stay",
            actor=actor,
            subject_type="crisis_case",
            subject_id=case.pk,
            payload={"stay": stored.pk, "before": before, "after": [to_day, ground]},
        )
    return stored


def end_stay(stay: ShelterStay, *, to_day: date, actor: Actor) -> ShelterStay:
    """Note that the person has left, on this day, which frees the place from then on."""
    with transaction.atomic():
        case = locked_case(stay.case)
        stored = _going_on(stay)
        if to_day > timezone.localdate():
            raise DomainError(
                "leaves_in_future",
                _("The day of leaving lies in the future: change the stay instead, and end it on the day."),
                field="to_day",
                value=to_day,
            )
        before = stored.to_day
        stored.case, stored.to_day, stored.ended = case, to_day, True
        # Who stayed too long has left all the same: the days are written down as they were.
        _save(stored, within_limit=False)
        record(
            "end_shelter_stay",
            actor=actor,
            subject_type="crisis_case",
            subject_id=case.pk,
            payload={"stay": stored.pk, "before": before, "after": to_day},
        )
    return stored


def _going_on(stay: ShelterStay) -> ShelterStay:
    stored: ShelterStay = ShelterStay.objects.select_for_update().get(pk=stay.pk)
    if stored.ended:
        raise DomainError(
            "stay_ended",
            _("The stay ended on %(day)s and is not changed any more.")
            % {"day": format_date_text(stored.to_day)},
        )
    return stored


def _save(stay: ShelterStay, *, within_limit: bool = True) -> None:
    if stay.to_day <= stay.from_day:
        raise DomainError(
            "no_night",
            _("The day of leaving must come after the day of coming."),
            field="to_day",
            value=stay.to_day,
        )
    if within_limit:
        _require_limit(stay)
    _require_place(stay)
    require_valid(stay, exclude=["case", "place"])
    stay.save()


def _require_limit(stay: ShelterStay) -> None:
    if stay.ground:
        return
    if stay.case.person_id:
        # One after the other: two cases of a person must not both find the limit free.
        Person.objects.select_for_update().get(pk=stay.case.person_id)
    others = list(others_of(stay))
    last_day, months = last_day_of(nights_of(stay), [nights_of(one) for one in others])
    if last_day is None or months is None:
        return
    until = unbroken_until(nights_of(stay), [nights_of(one) for one in others if not one.ground])
    if until <= last_day:
        return
    if stay.to_day <= last_day:
        raise DomainError(
            "joins_beyond_shelter_limit",
            _(
                "The next stay of this person would follow without a break, until %(until)s, and together they may "
                "last until %(day)s at most (%(months)s months, %(article)s). Choose an earlier day, or the ground on "
                "which a longer stay rests."
            )
            % {
                "until": format_date_text(until),
                "day": format_date_text(last_day),
                "months": months.whole,
                "article": months.article,
            },
            field="to_day",
            value=stay.to_day,
        )
    raise DomainError(
        "beyond_shelter_limit",
        _(
            "Shelter in crisis intervention lasts at most %(months)s months (%(article)s), here until %(day)s; the "
            "provision knows no extension. Choose an earlier day, or the ground on which a longer stay rests."
        )
        % {"months": months.whole, "article": months.article, "day": format_date_text(last_day)},
        field="to_day",
        value=stay.to_day,
    )


def _require_place(stay: ShelterStay) -> None:
    # One after the other: two must not both find the place free, nor one give it while another ends it.
    place: ShelterPlace = ShelterPlace.objects.select_for_update().get(pk=stay.place_id)
    if place.organisation_id != stay.case.organisation_id:
        raise DomainError(
            "place_elsewhere",
            _("The place belongs to another centre. Choose one of this centre."),
            field="place",
        )
    if stay.from_day < place.valid_from or (place.valid_to is not None and stay.to_day > place.valid_to):
        raise DomainError(
            "place_not_there",
            _("The place “%(place)s” is not there on all these nights. Choose another place or other days.")
            % {"place": place},
            field="place",
        )
    taken = ShelterStay.objects.filter(place=place, from_day__lt=stay.to_day, to_day__gt=stay.from_day)
    if taken.exclude(pk=stay.pk).exists():
        raise _taken(stay)


def _taken(stay: ShelterStay) -> DomainError:
    return DomainError(
        "place_taken",
        _("The place “%(place)s” is taken on some of these nights. Choose another place or other days.")
        % {"place": stay.place},
        field="to_day" if stay.place_id and not stay._state.adding else "place",
    )
