"""The tenders app: what its hooks set going, and what it adds to step 5 of a cycle."""

from django.apps import AppConfig


class TendersConfig(AppConfig):
    name = "contracting.tenders"
    label = "tenders"

    def ready(self) -> None:
        from audit.withheld import withhold
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.tenders import hooks
        from contracting.tenders.actions.committees import exclude_bidders
        from contracting.tenders.actions.leaving import close_columns, files_of_offers
        from contracting.tenders.actions.publications import post_results
        from contracting.tenders.contributions import contractor_choice
        from contracting.tenders.keeping import Calls, keep_seats
        from contracting.tenders.models import CallKey, OpenedOffer, RecoveryKey, SealedOffer, UnreadableOffer
        from contracting.tenders.queries.unread import acts_of_bidders
        from kernel.clearing import clears
        from kernel.web_role import limit
        from tenants.hooks import accounts_kept, read_files_by

        hooks.offers_opened.subscribe(exclude_bidders)
        hooks.results_published.subscribe(post_results)
        contribute(Step.Kind.CONTRACTOR_CHOICE, contractor_choice)
        withhold(acts_of_bidders)
        close_columns()
        clears(Calls())
        accounts_kept.subscribe(keep_seats)
        read_files_by(files_of_offers)
        # What was handed in, the keys that open it and what was found: no page takes any of it away.
        for model in (SealedOffer, UnreadableOffer, CallKey, RecoveryKey):
            limit(model, "SELECT", "INSERT", "UPDATE")
        limit(OpenedOffer, "SELECT", "INSERT")
