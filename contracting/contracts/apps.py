"""The contracts app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracting.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Tell the steps from the choice on, the announcements and the open data of calls, about contracts."""
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.contracts.actions.signing import end_draft_of
        from contracting.contracts.chain import delivered_tasks, open_contracts, tell_choice, tell_later
        from contracting.contracts.keeping import Carers, clear_drafts, keep_calls
        from contracting.tenders.earlier_tasks import provide_earlier_tasks
        from contracting.tenders.hooks import award_given_up, calls_kept, offers_cleared
        from contracting.tenders.ocds_sources import provide_contracts
        from kernel.clearing import clears

        contribute(Step.Kind.CONTRACTOR_CHOICE, tell_choice)
        contribute(Step.Kind.SUPERVISION, tell_later)
        contribute(Step.Kind.EVALUATION, tell_later)
        provide_contracts(open_contracts)
        provide_earlier_tasks(delivered_tasks)
        offers_cleared.subscribe(clear_drafts)
        clears(Carers())
        award_given_up.subscribe(end_draft_of)
        calls_kept.subscribe(keep_calls)
