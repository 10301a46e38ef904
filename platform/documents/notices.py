"""Mails about files."""

from accounts.mailing import mail_people
from accounts.models import User
from documents.models import StoredFile


def tell_of_infected(stored: StoredFile) -> int:
    """Tell who brought a file that a virus was in it; returns how many were told. Raises SMTPException or OSError."""
    if stored.stored_by is None:
        return 0
    people = User.objects.filter(pk=stored.stored_by)
    return mail_people(people, "documents/mail/infected", {"name": stored.name}, path="/")
