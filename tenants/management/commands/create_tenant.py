"""Create a tenant from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import create_tenant, invite_person
from tenants.models import Tenant, Territory
from tenants.roles import Role


class Command(BaseCommand):
    help = (
        "Create a tenant with its schema, whole or not at all. Example: create_tenant barlinek 'Gmina Barlinek' "
        "--territory 3210013 --unit-type OPS --unit-name 'Ośrodek Pomocy Społecznej w Barlinku' "
        "--director jan@example.org --director-name 'Jan Nowak'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of its addresses: small letters, digits, hyphens")
        parser.add_argument("name", help="the name that people see")
        parser.add_argument("--kind", choices=Tenant.Kind.values, default=Tenant.Kind.COMMUNE)
        parser.add_argument(
            "--territory", required=True, metavar="TERC", help="7 digits of a commune, 4 of a county or city"
        )
        parser.add_argument("--unit-name", required=True, help="full name of the social unit")
        parser.add_argument("--unit-type", required=True, choices=Tenant.UnitType.values)
        parser.add_argument("--population", type=int, help="how many people live there")
        parser.add_argument("--director", metavar="E-MAIL", help="invite the first director")
        parser.add_argument("--director-name", default="", help="full name of the director")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("create_tenant")
        territory = Territory.objects.filter(pk=options["territory"]).first()
        if territory is None:
            raise CommandError(
                f"--territory {options['territory']} is not in the register of territories. Look the code up in TERC "
                "or run manage.py load_territories first."
            )
        if options["director"] and not options["director_name"]:
            raise CommandError("--director needs --director-name: the invitation greets the person by name.")
        try:
            tenant = create_tenant(
                slug=options["slug"],
                name=options["name"],
                kind=options["kind"],
                territory=territory,
                unit_name=options["unit_name"],
                unit_type=options["unit_type"],
                population=options["population"],
                actor=actor,
            )
            if options["director"]:
                invite_person(
                    tenant,
                    email=options["director"],
                    full_name=options["director_name"],
                    role=Role.DIRECTOR,
                    actor=actor,
                )
        except DomainError as error:
            raise CommandError(in_lines(error)) from error
        self.stdout.write(f"{tenant.name} is at /{tenant.slug}/ (schema {tenant.schema_name}).")


def in_lines(error: DomainError) -> str:
    """The refusal for a terminal: a line for each problem with its field."""
    lines = [
        f"{problem.field}: {problem.message}" if problem.field else str(problem.message)
        for problem in error.problems
    ]
    return "\n".join(lines)
