"""The statistics app; it pushes facts when a month is accepted or its acceptance taken back, and releases them."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "reporting.statistics"
    label = "statistics"

    def ready(self) -> None:
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.commissioning.waiting import tell_start_page
        from kernel.region_role import allow, allow_openly
        from kernel.tenant_keys import encrypts_shared
        from kernel.web_role import limit
        from reporting.compliance.hooks import approval_changed
        from reporting.statistics import models
        from reporting.statistics.actions.forgetting import forget_senders
        from reporting.statistics.actions.pushing import tell_region
        from reporting.statistics.chain import tell_evaluation, tell_supervision
        from reporting.statistics.hooks import figures_pushed
        from reporting.statistics.schedule import publish_soon
        from reporting.statistics.tasks import tell_measures
        from reporting.statistics.waiting import notes_waiting
        from tenants.hooks import keep_closed, tenant_erased

        approval_changed.subscribe(tell_region)
        figures_pushed.subscribe(publish_soon)
        tenant_erased.subscribe(forget_senders)
        contribute(Step.Kind.SUPERVISION, tell_supervision)
        contribute(Step.Kind.EVALUATION, tell_evaluation)
        tell_start_page(notes_waiting)
        tell_measures()
        # Neither facts nor the documents that hold them: a region reads what is released.
        for model in (
            models.DisclosureRule,
            models.PushConsent,
            models.Release,
            models.ReleasedCell,
            models.Relocation,
            models.Standing,
        ):
            allow(model)
        allow(models.FactsBatch, without=("document", "signature"))
        allow(
            models.Note,
            adds=True,
            changes=("state", "messages", "changed_at", "closed_at", "closed_by_name"),
        )
        allow(models.NoteMessage, adds=True)
        allow(models.SavedReport, adds=True, changes=("ended_at",))
        allow(models.MadeReport, adds=True)
        # Everybody reads sums of counties and above; a tenant's own figures are for its voivodeship.
        above = ", ".join(f"'{level}'" for level in ("country", "voivodeship", "county"))
        allow_openly(models.ReleasedCell, rows=f"level IN ({above})")
        allow_openly(models.Release, without=("released_by", "released_by_name"))
        allow_openly(models.DisclosureRule)
        # What was sent and what was released stays; a later one comes beside it.
        for kept in (models.FactsBatch, models.Fact, models.ReleasedCell, models.SigningKey):
            limit(kept, "SELECT", "INSERT", "UPDATE")
        # A private key is made by a consent, and destroyed by the command that replaces it.
        limit(models.Release, "SELECT", "INSERT")
        limit(models.SigningSecret, "SELECT", "INSERT")
        encrypts_shared(models.SigningSecret, tenant="key__tenant")
        keep_closed("statistics_signingsecret", "wrapped", because="the key that signs what leaves")
