"""Mails about notes between regions and tenants, and about reports; they lead to what they tell of, never hold it."""

from typing import Any

from django.urls import reverse

from accounts.mailing import mail_people
from accounts.models import User
from reporting.statistics.models import MadeReport, NoteMessage
from tenants.models import Membership, RegionMembership
from tenants.roles import Role


def tell_of_message(message: NoteMessage) -> int:
    """Write to the other side: the tenant's directors, or the region's analysts; returns how many.

    Raises SMTPException or OSError where the mail server is away.
    """
    note = message.note
    context: dict[str, Any] = {"tenant": note.tenant, "voivodeship": note.voivodeship}
    if message.side == NoteMessage.Side.REGION:
        members: Any = Membership.objects.in_force().filter(tenant_id=note.tenant_id, role=Role.DIRECTOR)
        template, path = "note", reverse("sending:note", args=[note.tenant.slug, note.pk])
    else:
        members = RegionMembership.objects.filter(voivodeship_id=note.voivodeship_id)
        template, path = "answer", reverse("region:note", args=[note.voivodeship_id, note.pk])
    people = User.objects.filter(pk__in=members.values("user_id")).order_by("email")
    return mail_people(people, f"statistics/mail/{template}", context, path=path)


def tell_of_report(made: MadeReport) -> int:
    """Write to the author that a file was made, with the address of the report; nobody who is no analyst any more.

    Raises SMTPException or OSError where the mail server is away.
    """
    report = made.report
    people = User.objects.filter(
        pk=report.author_id, region_memberships__voivodeship_id=report.voivodeship_id
    ).distinct()
    return mail_people(
        people,
        "statistics/mail/report",
        {"report": report, "period": made.period},
        path=reverse("region:report", args=[report.voivodeship_id, report.pk]),
    )
