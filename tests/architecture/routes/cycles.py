"""Routes of cycles, of the standards of services, and of the directory of local resources."""

from tests.architecture.entries import Entry, form_only, of

ROWS: dict[str, Entry] = {
    "commissioning:standards": of(service_pk="service"),
    "commissioning:draft_standard": form_only(service_pk="service"),
    "commissioning:standard": of(service_pk="service", pk="standard"),
    "commissioning:edit_standard": of(service_pk="service", pk="draft_standard"),
    "commissioning:publish_standard": of(service_pk="service", pk="draft_standard"),
    "cycles:list": of(),
    "cycles:create_cycle": of(),
    "cycles:cycle": of(pk="cycle"),
    "cycles:edit_cycle": of(pk="cycle"),
    "cycles:abandon_cycle": of(pk="cycle"),
    "cycles:close_cycle": of(pk="cycle"),
    "cycles:step": of(pk="cycle", kind="step_kind"),
    "cycles:plan_step": of(pk="cycle", kind="step_kind"),
    "cycles:pass_step": of(pk="cycle", kind="step_kind"),
    "cycles:reopen_step": of(pk="cycle", kind="step_kind"),
    "cycles:needs": of(pk="cycle"),
    "cycles:edit_groups": of(pk="cycle"),
    "cycles:edit_needs": of(pk="cycle"),
    "cycles:count_resources": of(pk="cycle"),
    "cycles:edit_consultations": of(pk="cycle"),
    "cycles:edit_assessment": of(pk="cycle"),
    "cycles:evaluation": of(pk="cycle"),
    "cycles:record_results": of(pk="cycle"),
    "resources:list": of(),
    "resources:create_resource": of(),
    "resources:resource": of(pk="resource"),
    "resources:edit_resource": of(pk="resource"),
    "resources:verify_resource": form_only(pk="resource"),
}
