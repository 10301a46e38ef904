"""Mails about files."""

from accounts.mailing import mail_people
from accounts.models import User
from documents.models import StoredFile

_MAILS = {
    StoredFile.Scan.INFECTED: "documents/mail/infected",
    StoredFile.Scan.FAILED: "documents/mail/unscannable",
}


def tell_of_file(stored: StoredFile) -> int:
    """Tell who brought a file why nobody will get it; returns how many were told. Raises SMTPException or OSError.

    The name of one that is kept encrypted is kept from the store, so its mail names the page and not the file.
    """
    if stored.stored_by is None:
        return 0
    people = User.objects.filter(pk=stored.stored_by)
    context = {"name": "" if stored.is_encrypted else stored.name}
    return mail_people(people, _MAILS[StoredFile.Scan(stored.scan)], context, path="/")
