"""What the gates of steps 2 to 4 wait for: the scope, the form, the financing."""

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle, FormOption, Need, PaymentTable, QualityIndicator
from contracting.commissioning.plans import financing_table, scope_table
from contracting.commissioning.rules.forms import criterion_of, result_of
from kernel.access import Access
from tenants.addresses import tenant_url
from ui.formatting import format_money


def scope(cycle: Cycle, access: Access | None) -> Contribution:
    """A standard, activities of the service, places and indicators shut the gate; the rest reminds."""
    table = scope_table(cycle)
    needs = set(Need.objects.filter(cycle=cycle).values_list("pk", flat=True))
    answered = {line.item.need_id for line in table.lines}
    indicators = QualityIndicator.objects.filter(cycle=cycle).count()
    activities, terms = tenant_url("scope:edit_scope", cycle.pk), tenant_url("scope:edit_terms", cycle.pk)
    items = (
        Check(
            _("Version of the standard"),
            done=cycle.standard_id is not None,
            why=_("Choose the published version of the standard in the frame of the cycle."),
            href=tenant_url("cycles:edit_cycle", cycle.pk),
        ),
        Check(
            _("Activities with their time and who does them"),
            done=table.service_minutes > 0,
            why=_("Enter at least one activity that the service delivers: a carer or a specialist does it."),
            href=activities,
        ),
        Check(
            _("Places of delivery"),
            done=bool(cycle.places.strip()),
            why=_("Say where the service is delivered."),
            href=terms,
        ),
        Check(
            _("Indicators of quality with targets"),
            done=indicators > 0,
            why=_("Set at least one indicator: by it step 7 tells whether the service was good."),
            href=tenant_url("scope:edit_indicators", cycle.pk),
        ),
        Check(
            _("Every activity answers a diagnosed need"),
            done=bool(table.lines) and None not in answered,
            why=_("Some activities answer no need of the diagnosis: name it, or ask why they are there."),
            href=activities,
            must=False,
        ),
        Check(
            _("Every need has an activity"),
            done=bool(needs) and needs <= answered,
            why=_("Some needs are not in the scope; they go on as unmet when the cycle is closed."),
            href=activities,
            must=False,
        ),
        Check(
            _("Hours of availability"),
            done=bool(cycle.availability),
            why=_("Say on which days and at which hours the service is there."),
            href=terms,
            must=False,
        ),
        Check(
            _("Support network"),
            done=bool(cycle.support_network.strip()) or table.minutes["network"] > 0,
            why=_("Say what family, neighbours and volunteers do beside the service."),
            href=terms,
            must=False,
        ),
    )
    link = Link(_("scope"), tenant_url("scope:scope", cycle.pk), minutes=table.service_minutes)
    return Contribution(items, (link,) if table.lines else ())


def form(cycle: Cycle, access: Access | None) -> Contribution:
    """At least two forms compared on every criterion, and one chosen with its reasons (S-030)."""
    options = list(FormOption.objects.filter(cycle=cycle))
    criteria = [criterion_of(stored) for stored in cycle.form_criteria]
    compared = [
        option
        for option in options
        if result_of(criteria, {code: score.get("points") for code, score in option.scores.items()})
        is not None
    ]
    chosen = next((option for option in options if option.chosen), None)
    address = tenant_url("form_choice:form", cycle.pk)
    items = (
        Check(
            _("At least two forms compared on every criterion"),
            done=len(compared) >= 2,
            why=_("Give points with reasons to at least two forms: a choice needs an alternative."),
            href=tenant_url("form_choice:score_forms", cycle.pk),
        ),
        Check(
            _("One form chosen with its reasons"),
            done=chosen is not None,
            why=_("The director chooses one form and says why."),
            href=f"{address}#law-title" if options else tenant_url("form_choice:edit_comparison", cycle.pk),
        ),
    )
    links = (Link(_("form"), address, value=chosen.get_form_display()),) if chosen else ()
    return Contribution(items, links)


def financing(cycle: Cycle, access: Access | None) -> Contribution:
    """The first year funded in full, and no year costlier than its money, shut the gate; later years remind (S-045)."""
    table = financing_table(cycle)
    address = tenant_url("financing:financing", cycle.pk)
    sources = tenant_url("financing:edit_sources", cycle.pk)
    costs = tenant_url("financing:edit_costs", cycle.pk)
    own = [year for year in table.years if year.planned]
    first, later = own[:1], own[1:]
    short = next((year for year in table.years if year.sums.balance < 0), None)
    items = (
        Check(
            _("Sources of money for the first year"),
            done=any(year.sums.sources > 0 for year in first),
            why=_("Enter at least one source for the first year of the cycle."),
            href=sources,
        ),
        Check(
            _("Cost of an hour of the service for the first year"),
            done=any(year.sums.hour_price is not None for year in first),
            why=_("Enter hours of the service with the cost of an hour."),
            href=costs,
        ),
        Check(
            _("No year costs more than it has"),
            done=bool(table.costs) and short is None,
            why=_("%(year)s lacks %(amount)s: find another source or cut a cost.")
            % {"year": short.year, "amount": format_money(-short.sums.balance)}
            if short
            else _("Enter the costs first."),
            href=sources,
        ),
        Check(
            _("The money covers the planned hours of the first year"),
            done=any(not year.unfunded_months for year in first),
            why=_(
                "Some months of the first year are not funded in full: add money, or plan fewer hours in the scope."
            ),
            href=f"{address}#months",
        ),
        Check(
            _("The money covers the planned hours of later years"),
            done=not any(year.unfunded_months for year in later),
            why=_("Some months of later years are not funded in full yet: say in the note how they will be."),
            href=f"{address}#months",
            must=False,
        ),
        Check(
            _("Table of persons' payments"),
            done=PaymentTable.objects.filter(
                service=cycle.service_id, valid_from__lte=cycle.period_from
            ).exists(),
            why=_("No table of payments of this service is in force when the cycle begins: enter one."),
            href=tenant_url("payments:tables"),
            must=False,
        ),
    )
    has_money = bool(table.sources or table.costs)
    links = (Link(_("money for"), address, minutes=table.funded_a_month),) if has_money else ()
    return Contribution(items, links)
