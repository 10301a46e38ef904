"""Routes of commissioning: services and qualifications, the law."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "commissioning:services": of(),
    "commissioning:create_service": of(),
    "commissioning:qualifications": of(),
    "commissioning:service": of(pk="service"),
    "commissioning:edit_service": of(pk="service"),
    "scope:scope": of(pk="cycle"),
    "scope:edit_scope": of(pk="cycle"),
    "scope:edit_terms": of(pk="cycle"),
    "scope:edit_indicators": of(pk="cycle"),
    "form_choice:form": of(pk="cycle"),
    "form_choice:edit_comparison": of(pk="cycle"),
    "form_choice:score_forms": of(pk="cycle"),
    "form_choice:choose_form": of(pk="cycle", chosen="form_option"),
    "financing:financing": of(pk="cycle"),
    "financing:edit_sources": of(pk="cycle"),
    "financing:edit_costs": of(pk="cycle"),
    "payments:tables": of(),
    "payments:create_table": of(),
    "payments:calculator": of(),
    "payments:table": of(pk="payment_table"),
    "payments:change_table": of(pk="payment_table"),
    "payments:remove_table": of(pk="payment_table"),
    "law:rules": of(),
    "law:rule": of(code="limit_code"),
    "law:enter_value": of(code="limit_code"),
    "law:change_value": of(code="limit_code", pk="legal_limit"),
    "law:remove_value": of(code="limit_code", pk="legal_limit"),
}
