"""The commissioning app; the gates of its own steps are told here, as other apps tell theirs."""

from django.apps import AppConfig


class CommissioningConfig(AppConfig):
    name = "contracting.commissioning"
    label = "commissioning"

    def ready(self) -> None:
        from contracting.commissioning import gates, planning_gates
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step

        contribute(Step.Kind.NEEDS_DIAGNOSIS, gates.needs_diagnosis)
        contribute(Step.Kind.SCOPE, planning_gates.scope)
        contribute(Step.Kind.FORM, planning_gates.form)
        contribute(Step.Kind.FINANCING, planning_gates.financing)
        contribute(Step.Kind.EVALUATION, gates.evaluation)
