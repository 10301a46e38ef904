"""What the ticks of the steps ask, in words."""

from django.utils.translation import gettext_lazy as _

TICK_LABELS = {
    "all_groups": _("All groups of the local strategy were considered, also those that nobody asked for yet"),
    "outside_demand": _("Demand from outside the area was considered"),
    "division_of_tasks": _("It is settled what the social worker does and what those who deliver do"),
    "talked_with_deliverers": _("The scope was talked through with people who deliver such services"),
    "organisations_asked": _("Local organisations were asked whether they would take part"),
    "cooperation_programme": _("The form fits the yearly programme of cooperation with organisations"),
    "in_budget": _("The amounts stand in the budget or in its draft"),
    "payments_resolution": _("The resolution on payments of persons is in force"),
    "noticeboard": _("The call also hangs at the seat of the unit, if there is a call"),
    "inspections_planned": _("Inspections at the contractor and visits at homes are planned"),
    "surveys_planned": _("It is settled who asks persons and families, and when"),
    "people_asked": _("Persons and families were asked for their view"),
    "contractor_asked": _("The contractor was asked for their view"),
}
