"""Addresses under `/<tenant>/api/`: pages for people, and version 1 of the interface for programs."""

from django.urls import path

from kernel.doors import token_door
from reporting.exchange.api import advice, base, reading, visit, visits
from reporting.exchange.document import describe_with
from reporting.exchange.views import documentation, tokens, webhooks

app_name = "exchange"
V1 = describe_with(
    [
        path("v1/token/", token_door(reading.TokenView.as_view()), name="v1_token"),
        path("v1/contracts/", token_door(reading.ContractsView.as_view()), name="v1_contracts"),
        path("v1/activities/", token_door(reading.ActivitiesView.as_view()), name="v1_activities"),
        path("v1/workers/", token_door(reading.WorkersView.as_view()), name="v1_workers"),
        path("v1/decisions/", token_door(reading.DecisionsView.as_view()), name="v1_decisions"),
        path(
            "v1/decisions/changes/",
            token_door(reading.DecisionChangesView.as_view()),
            name="v1_decision_changes",
        ),
        path("v1/visits/", token_door(visits.VisitsView.as_view()), name="v1_visits"),
        path("v1/visits/changes/", token_door(reading.ChangesView.as_view()), name="v1_changes"),
        path("v1/visits/<uuid:pk>/", token_door(visit.VisitView.as_view()), name="v1_visit"),
        path("v1/advice/", token_door(advice.AdviceView.as_view()), name="v1_advice"),
        path("v1/advice/changes/", token_door(advice.AdviceChangesView.as_view()), name="v1_advice_changes"),
        path("v1/months/", token_door(reading.MonthsView.as_view()), name="v1_months"),
    ]
)
urlpatterns = [
    path("", tokens.list_tokens, name="tokens"),
    path("tokens/new/", tokens.make_token, name="make_token"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke, name="revoke_token"),
    path("webhooks/", webhooks.list_webhooks, name="webhooks"),
    path("webhooks/new/", webhooks.subscribe, name="subscribe"),
    path("webhooks/<uuid:pk>/", webhooks.show_webhook, name="webhook"),
    path("webhooks/<uuid:pk>/end/", webhooks.end, name="end_webhook"),
    path("webhooks/<uuid:pk>/on/", webhooks.switch_on, name="switch_webhook_on"),
    path("deliveries/<uuid:pk>/again/", webhooks.send_again, name="send_again"),
    path("docs/", documentation.documentation, name="documentation"),
    path("schema/", documentation.schema, name="schema"),
    *V1,
    path("v1/<path:rest>", token_door(base.NothingHere.as_view()), name="v1_nothing"),
]
