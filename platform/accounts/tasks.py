"""Work of accounts that the clock starts."""

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from kernel.tenancy import public_scope


@shared_task(name="accounts.clear_expired_sessions")
def clear_expired_sessions() -> int:
    """Remove sessions that ran out, and what was noted of them; returns how many."""
    with public_scope():
        gone, _by_model = Session.objects.filter(expire_date__lt=timezone.now()).delete()
        UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone
