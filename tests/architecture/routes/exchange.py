"""Routes of exchange: to programs that show a token, whoever is signed in is nobody (401)."""

from tests.architecture.entries import Entry, form_only, of

ROWS: dict[str, Entry] = {
    "exchange:tokens": of(),
    "exchange:make_token": of(),
    "exchange:revoke_token": of(pk="api_token"),
    "exchange:webhooks": of(),
    "exchange:subscribe": of(),
    "exchange:webhook": of(pk="webhook"),
    "exchange:end_webhook": of(pk="webhook"),
    "exchange:switch_webhook_on": form_only(pk="webhook"),
    "exchange:send_again": form_only(pk="webhook_delivery"),
    "exchange:documentation": of(),
    "exchange:schema": of(),
    "exchange:v1_token": Entry(status=401),
    "exchange:v1_contracts": Entry(status=401),
    "exchange:v1_activities": Entry(status=401),
    "exchange:v1_workers": Entry(status=401),
    "exchange:v1_decisions": Entry(status=401),
    "exchange:v1_decision_changes": Entry(status=401),
    "exchange:v1_visits": Entry(status=401),
    "exchange:v1_visit": Entry({"pk": "visit"}, status=401),
    "exchange:v1_changes": Entry(status=401),
    "exchange:v1_advice": Entry(status=401),
    "exchange:v1_advice_changes": Entry(status=401),
    "exchange:v1_months": Entry(status=401),
    "exchange:v1_nothing": Entry({"rest": "mark"}, status=401),
}
