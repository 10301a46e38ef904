"""The terms of supervision that hold in the tenant at hand."""

from django.utils.translation import gettext as _

from reporting.supervision.models import SupervisionSettings


def settings_at_hand() -> SupervisionSettings:
    """The tenant's settings; those of the house, not saved, where it set none. One query."""
    return SupervisionSettings.objects.first() or SupervisionSettings()


def checks_at_hand(settings: SupervisionSettings | None = None) -> list[str]:
    """What documentation is checked for; a list of the house where the tenant wrote none."""
    chosen = settings or settings_at_hand()
    return list(chosen.document_checks) or [
        _("Card of the first contact filled in"),
        _("Scope of care agreed with the person in writing"),
        _("Plan of visits up to date"),
        _("Diary signed by the person or a relative"),
        _("Activities of each visit noted"),
        _("Changes and absences noted with a reason"),
        _("Qualifications of the carer proven"),
        _("Information on personal data given to the person"),
    ]
