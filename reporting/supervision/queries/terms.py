"""The terms of supervision that hold in the tenant at hand."""

from django.conf import settings as site
from django.utils import translation
from django.utils.translation import gettext as _

from contracting.commissioning.models import StandardVersion
from reporting.supervision.models import SupervisionSettings

_Section = StandardVersion.Section


def settings_at_hand() -> SupervisionSettings:
    """The tenant's settings; those of the house, not saved, where it set none. One query."""
    return SupervisionSettings.objects.first() or SupervisionSettings()


def criteria_at_hand(settings: SupervisionSettings | None = None) -> dict[str, list[str]]:
    """What samples are checked for, by section of the standard ("" for none); those of the house where none are set.

    They are words of the tenant's papers, in their language whoever draws the sample.
    """
    chosen = settings or settings_at_hand()
    if chosen.criteria:
        return dict(chosen.criteria)
    with translation.override(site.LANGUAGE_CODE):
        return _of_the_house()


def advice_lines() -> list[str]:
    """What cards of advice are checked for beside what the program reads; those of the house where none are set."""
    with translation.override(site.LANGUAGE_CODE):
        return list(settings_at_hand().advice_criteria) or [
            _("Information on personal data given to the person")
        ]


def crisis_lines() -> list[str]:
    """The same of crisis cases."""
    with translation.override(site.LANGUAGE_CODE):
        return list(settings_at_hand().crisis_criteria) or [
            _("Information on personal data given to the person"),
            _("Agreed with the person whether and how they may be contacted"),
        ]


def _of_the_house() -> dict[str, list[str]]:
    return {
        _Section.ADDRESSEES: [_("Card of the first contact filled in")],
        _Section.SCOPE: [
            _("Scope of care agreed with the person in writing"),
            _("Plan of visits up to date"),
            _("Activities of each visit noted"),
        ],
        _Section.QUALIFICATIONS: [_("Qualifications of the carer proven")],
        _Section.MONITORING: [
            _("Diary signed by the person or a relative"),
            _("Changes and absences noted with a reason"),
        ],
        "": [_("Information on personal data given to the person")],
    }


def checks_at_hand() -> list[tuple[str, str]]:
    """Section and line of each criterion, in the order of the standard."""
    criteria = criteria_at_hand()
    return [(section, line) for section in (*_Section.values, "") for line in criteria.get(section, ())]
