"""The places of the frame, in the order of the work."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_COMMISSIONING = _("From need to contract")
_CARE = _("Care")
_SERVICES = _("Other services")
_MONTH = _("Month and supervision")
_SETTING_UP = _("Setting up")


# A person sees those that their roles open. On a phone the bar has room for a few: first those that are daily work
# for whoever holds the permission `daily`.
PLACES: list[dict[str, Any]] = [
    {
        "kind": "tenant",
        "name": "today",
        "permission": "tenants.enter",
        "daily": "tenants.enter",
        "label": _("Today"),
        "prefix": False,
    },
    {
        "kind": "tenant",
        "group": _COMMISSIONING,
        "name": "cycles:list",
        "permission": "commissioning.read_cycles",
        "label": _("Cycles"),
        "namespaces": ["resources", "law", "payments"],
    },
    {
        "kind": "tenant",
        "group": _COMMISSIONING,
        "name": "calls:list",
        "permission": "tenders.read_calls",
        "label": pgettext_lazy("place", "Calls"),
        "namespaces": ["offers"],
    },
    {
        "kind": "tenant",
        "group": _COMMISSIONING,
        "name": "committee:list",
        "permission": "tenders.read_offers",
        "label": _("Committees"),
    },
    {
        "kind": "tenant",
        "group": _COMMISSIONING,
        "name": "offers:list",
        "permission": "tenders.write_offers",
        "label": _("Offers"),
    },
    {
        "kind": "tenant",
        "group": _COMMISSIONING,
        "name": "contracts:list",
        "permission": "contracts.read",
        "label": _("Contracts"),
    },
    {
        "kind": "tenant",
        "group": _CARE,
        "name": "care:decisions",
        "siblings": True,
        "permission": "care.read_decisions",
        "daily": "care.edit_decisions",
        "label": _("Persons and decisions"),
    },
    {
        "kind": "tenant",
        "group": _CARE,
        "name": "delivery:grid",
        "permission": "delivery.read_diary",
        "daily": "delivery.edit_diary",
        "label": _("Diary"),
    },
    {
        "kind": "tenant",
        "group": _CARE,
        "name": "field:phone",
        "permission": "field.enter",
        "daily": "field.use_phone",
        "label": _("In the field"),
    },
    {
        "kind": "tenant",
        "group": _CARE,
        "name": "continuity:radar",
        "permission": "continuity.read",
        "label": _("Continuity of care"),
    },
    {
        "kind": "tenant",
        "group": _SERVICES,
        "name": "advice:list",
        "permission": "advice.read",
        "label": _("Advice"),
    },
    {
        "kind": "tenant",
        "group": _SERVICES,
        "name": "crisis:cases",
        "permission": "crisis.read_cases",
        "label": _("Crisis intervention"),
    },
    {
        "kind": "tenant",
        "group": _SERVICES,
        "name": "casework:loads",
        "permission": "casework.read",
        "label": _("Work of the unit"),
    },
    {
        "kind": "tenant",
        "group": _SERVICES,
        "name": "casework:my_day",
        "permission": "casework.enter_time",
        "label": _("Time cards"),
    },
    {
        "kind": "tenant",
        "group": _MONTH,
        "name": "compliance:months",
        "permission": "compliance.read",
        "daily": "compliance.read",
        "label": _("Month"),
    },
    {
        "kind": "tenant",
        "group": _MONTH,
        "name": "settlement:list",
        "permission": "settlement.read",
        "daily": "compliance.settle",
        "label": pgettext_lazy("place", "Settlement"),
    },
    {
        "kind": "tenant",
        "group": _MONTH,
        "name": "supervision:inspections",
        "permission": "supervision.read",
        "label": _("Supervision"),
    },
    {
        "kind": "tenant",
        "group": _MONTH,
        "name": "evaluation:contracts",
        "siblings": True,
        "permission": "evaluation.read_commitments",
        "label": _("Promised against delivered"),
    },
    {
        "kind": "tenant",
        "group": _MONTH,
        "name": "sending:overview",
        "permission": "statistics.read_sent",
        "label": _("Data for the voivodeship"),
    },
    {
        "kind": "tenant",
        "group": _SETTING_UP,
        "name": "commissioning:services",
        "permission": "commissioning.read_services",
        "label": _("Services"),
    },
    {
        "kind": "tenant",
        "group": _SETTING_UP,
        "name": "exchange:tokens",
        "permission": "exchange.read",
        "label": _("Systems of organisations"),
    },
    {
        "kind": "tenant",
        "group": _SETTING_UP,
        "name": "people:list",
        "permission": "tenants.manage_people",
        "label": _("People"),
        "namespaces": ["audit"],
    },
    {
        "kind": "tenant",
        "group": _SETTING_UP,
        "name": "audit:entries",
        "permission": "audit.oversee",
        "daily": "audit.oversee",
        "label": _("Record of actions"),
        "namespaces": ["audit"],
    },
    {
        "kind": "tenant",
        "group": _SETTING_UP,
        "name": "retention:overview",
        "permission": "retention.read",
        "label": _("Retention of data"),
    },
    {
        "kind": "region",
        "name": "statistics:region",
        "permission": "statistics.read_region",
        "label": _("Region"),
    },
    {
        "kind": "region",
        "name": "region:reports",
        "permission": "statistics.read_region",
        "label": _("Own reports"),
    },
    {
        "kind": "region",
        "name": "region:timeliness",
        "permission": "statistics.read_region",
        "label": _("Completeness"),
    },
    {
        "kind": "region",
        "name": "region:tables",
        "permission": "statistics.read_region",
        "label": _("Tables for reports"),
    },
    {
        "kind": "region",
        "name": "region:notes",
        "permission": "statistics.read_region",
        "label": _("Notes to tenants"),
    },
    {
        "kind": "region",
        "name": "region:releases",
        "permission": "statistics.read_region",
        "label": _("Log of releases"),
    },
    {"kind": "operator", "name": "operator:tenants", "permission": "tenants.operate", "label": _("Tenants")},
    {
        "kind": "operator",
        "name": "operator:organisations",
        "permission": "tenants.operate",
        "label": _("Organisations"),
    },
    {
        "kind": "operator",
        "name": "operator:analysts",
        "permission": "tenants.operate",
        "label": _("Regional analysts"),
    },
    {
        "kind": "operator",
        "name": "relocations:relocations",
        "permission": "tenants.operate",
        "label": _("Changes of territory"),
    },
    {
        "kind": "operator",
        "name": "record:entries",
        "permission": "audit.read_platform",
        "label": _("Record of actions"),
    },
]
