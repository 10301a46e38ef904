"""Accounts of people who left the tenant: until when their roles ran, what keeps them, and how they are taken off."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import forget_people
from accounts.models import User
from audit.actions import record
from kernel.access import Actor
from kernel.anonymity import ANONYMISED
from kernel.clearing import Keeper, Matter
from kernel.tenancy import public_scope, require_tenant
from tenants.hooks import accounts_kept
from tenants.models import Invitation, Membership, RegionMembership


class Accounts(Keeper):
    """People all of whose roles in the tenant at hand have ended.

    An account is the platform's, the roles are the tenant's: the account is forgotten once no other tenant, voivodeship
    or the platform itself has to do with it; till then only the tenant's own part is over (`Membership.cleared_at`).
    """

    kind = "account"
    classes = ("account",)
    subject_type = "user"
    personal = True

    def closed_before(self, day: date) -> Sequence[str]:
        """People whose last role here ended before the day, the longest ago first; one query."""
        rows = _uncleared().values("user").annotate(last=Max("ended_at"), open=_open())
        over = rows.filter(open=0, last__date__lt=day).order_by("last", "user")
        return [str(pk) for pk in over.values_list("user", flat=True)]

    def matters(self, subjects: Collection[str], today: date) -> Iterator[Matter]:
        """Roles, waiting invitations and what apps above still need the name for."""
        rows = _uncleared().filter(user__in=_ids(subjects)).order_by().values("user")
        for row in rows.annotate(last=Max("ended_at"), open=_open()):
            open_still = bool(row["open"])
            last = None if open_still else timezone.localdate(row["last"])
            yield Matter(str(row["user"]), self.kind, last, _("they have a role here") if open_still else "")
        waiting = Invitation.objects.waiting().filter(tenant_id=require_tenant().pk, email=OuterRef("email"))
        invited = User.objects.filter(Exists(waiting), pk__in=_ids(subjects))
        for pk in invited.values_list("pk", flat=True):
            yield Matter(str(pk), self.kind, None, _("an invitation to them waits"))
        kept: list[tuple[UUID, object]] = []
        accounts_kept.fire(users=_ids(subjects), kept=kept)
        for pk, why in kept:
            yield Matter(str(pk), self.kind, None, str(why))

    def hold(self, subjects: Collection[str]) -> list[str]:
        """Those who still have roles here that were not cleared, held with these roles."""
        list(User.objects.filter(pk__in=_ids(subjects)).order_by("pk").select_for_update().values_list("pk"))
        mine = _uncleared().filter(user__in=_ids(subjects)).order_by("pk").select_for_update()
        return sorted({str(pk) for pk in mine.values_list("user", flat=True)})

    def names(self, subjects: Collection[str]) -> dict[str, str]:
        """Full name and address."""
        rows = User.objects.filter(pk__in=_ids(subjects)).values_list("pk", "full_name", "email", "is_active")
        return {str(pk): f"{name} ({mail})" if active else name for pk, name, mail, active in rows}

    def take_off(self, subjects: Collection[str]) -> set[str]:
        """Forget the accounts that belong nowhere else; gives those of people who do, whose accounts stay."""
        _uncleared().filter(user__in=_ids(subjects)).update(cleared_at=timezone.now())
        addresses = User.objects.filter(pk__in=_ids(subjects)).values("email")
        invitations = Invitation.objects.filter(tenant_id=require_tenant().pk, email__in=addresses)
        nobody = Concat(Cast("pk", CharField()), Value("@erased.invalid"))
        invitations.update(full_name=ANONYMISED, email=nobody)
        elsewhere = Membership.objects.filter(user=OuterRef("pk"), cleared_at__isnull=True)
        region = RegionMembership.objects.filter(user=OuterRef("pk"))
        people = User.objects.filter(pk__in=_ids(subjects), is_operator=False)
        gone = list(people.exclude(Exists(elsewhere)).exclude(Exists(region)).order_by("pk"))
        forget_people(gone)
        _note_forgotten(gone)
        return {*subjects} - {str(one.pk) for one in gone}


def _note_forgotten(people: Collection[User]) -> None:
    """The platform's own record says it, too: the accounts were the platform's."""
    tenant = require_tenant()
    if people:
        with public_scope():
            record(
                "forget_accounts",
                actor=Actor.system("retention"),
                subject_type="tenant",
                subject_id=tenant.pk,
                payload={"accounts": [one.pk for one in people]},
            )


def _ids(subjects: Collection[str]) -> list[UUID]:
    return [UUID(one) for one in subjects]


def _uncleared() -> QuerySet[Membership]:
    mine: QuerySet[Membership] = Membership.objects.filter(
        tenant_id=require_tenant().pk, cleared_at__isnull=True
    )
    return mine


def _open() -> Count:
    return Count("pk", filter=Q(ended_at__isnull=True))
