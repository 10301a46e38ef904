"""How limits are called, to which act they belong, and how their values are written."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracting.commissioning.rules.limits import Limit, Unit
from ui.formatting import format_decimal, format_money, format_percent, format_whole


class Act(models.TextChoices):
    """The chapters of the page of the law."""

    OPEN_CALL = "open_call", _("Open call for offers")
    SMALL_GRANT = "small_grant", _("Small grant without a call")
    PROCUREMENT = "procurement", _("Public procurement")
    ASSISTANCE = "assistance", _("Social assistance")


_BY_ACT: dict[Act, dict[str, Promise]] = {
    Act.OPEN_CALL: {
        "call_days_min": _("Time for offers after the last of the three publications, at least"),
        "announcement_items": _("Things that an announcement must tell"),
        "publication_places": _("Places in which an announcement is published"),
        "own_initiative_answer_months": _("Answer to an organisation's own proposal, at most"),
        "offer_items": _("Things that an offer must tell"),
        "evaluation_duties": _("Things that must be weighed in each offer"),
        "committee_executive_persons_min": _("Persons of the executive on a committee, at least"),
        "committee_ngo_persons_min": _("Persons named by organisations on a committee, at least"),
        "justification_days": _("Time to demand a justification of the choice"),
        "contract_max_years": _("Length of a contract, at most"),
        "regranting_payment_days": _("Payment by an operator of regranting, at most"),
        "control_scope_items": _("Things that a control of the task covers"),
        "report_days": _("Report after the end of the task, at most"),
        "partial_report_days_min": _("Time for a partial report on demand, at least"),
    },
    Act.SMALL_GRANT: {
        "small_grant_max_pln": _("Amount of a small grant, at most"),
        "small_grant_max_days": _("Length of a task under a small grant, at most"),
        "small_grant_post_within_working_days": _("Publication of the offer after its receipt, at most"),
        "small_grant_posted_days": _("Time for which the offer stays published"),
        "small_grant_comment_days": _("Time for comments after the publication"),
        "small_grant_year_per_organisation_pln": _(
            "Small grants of one organisation in a calendar year, at most"
        ),
        "small_grant_pool_percent": _("Share of small grants in the year's money for organisations, at most"),
    },
    Act.PROCUREMENT: {
        "procurement_threshold_pln": _("Value from which the act on procurement applies"),
        "social_services_threshold_eur": _(
            "Value of social services from which the full rules apply, in euro"
        ),
        "social_services_threshold_pln": _(
            "Value of social services from which the full rules apply, in złoty"
        ),
        "reserved_contract_max_years": _("Length of a reserved contract, at most"),
        "reserved_contract_pause_years": _(
            "Time since the last reserved contract of the same contractor, at least"
        ),
    },
    Act.ASSISTANCE: {
        "income_criterion_alone_pln": _("Income criterion of a person living alone"),
        "income_criterion_family_pln": _("Income criterion for each person in a family"),
        "person_payment_day": _("Payment of a person for a month, in the next month within"),
        "person_payment_least_pln": _("Lowest periodic allowance: a smaller payment is not collected"),
        "income_change_percent": _(
            "Change of income that does not change a payment, in percent of the criterion"
        ),
        "shelter_months": _("Shelter in crisis intervention, at most"),
        "urgent_decision_days": _("Decision after an urgent start of a service, at most"),
        "interview_update_months": _("Interview brought up to date, at least every"),
        "interview_update_residents_months": _("The same for residents of a home, at least every"),
        "social_worker_inhabitants": _("Inhabitants for one social worker"),
        "social_worker_families": _("Families in the care of one social worker, at most"),
        "social_workers_min": _("Social workers of a unit, at least"),
        "caseload_environments": _("Households in the care of one social worker, at most"),
        "caseload_with_blue_card": _("The same where one of them has a blue card"),
        "benefits_worker_families": _("Families for one benefits worker"),
    },
}
TITLES: dict[str, Promise] = {code: title for titles in _BY_ACT.values() for code, title in titles.items()}
_ACT_OF = {code: act for act, titles in _BY_ACT.items() for code in titles}


def act_of(code: str) -> Act:
    """The chapter to which a limit belongs."""
    return _ACT_OF[code]


def value_text(row: Limit) -> str:
    """The value with its unit, as people write it: `21 dni`, `10 000,00 zł`, `20,0 %`."""
    if row.unit is Unit.PLN:
        return format_money(row.value)
    if row.unit is Unit.EUR:
        return f"{format_decimal(row.value, 2)}\u00a0EUR"
    if row.unit is Unit.PERCENT:
        return format_percent(row.value)
    return _counted(row.unit, int(row.value)) % {"count": format_whole(int(row.value))}


def _counted(unit: Unit, count: int) -> str:
    return {
        Unit.DAYS: ngettext("%(count)s day", "%(count)s days", count),
        Unit.WORKING_DAYS: ngettext("%(count)s working day", "%(count)s working days", count),
        Unit.MONTHS: ngettext("%(count)s month", "%(count)s months", count),
        Unit.YEARS: ngettext("%(count)s year", "%(count)s years", count),
        Unit.ITEMS: ngettext("%(count)s item", "%(count)s items", count),
        Unit.PLACES: ngettext("%(count)s place", "%(count)s places", count),
        Unit.PERSONS: ngettext("%(count)s person", "%(count)s persons", count),
        Unit.FAMILIES: ngettext("%(count)s family", "%(count)s families", count),
        Unit.WORKERS: ngettext("%(count)s worker", "%(count)s workers", count),
        Unit.ENVIRONMENTS: ngettext("%(count)s household", "%(count)s households", count),
    }[unit]
