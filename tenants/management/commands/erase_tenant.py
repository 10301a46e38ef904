"""Erase a tenant that has left: ask for it, confirm it as another operator, and see it to its end."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import public_scope
from tenants.actions import ask_erasure, confirm_erasure, erase_tenant, withdraw_erasure
from tenants.archives import certificate
from tenants.archives.contents import ForgedManifest
from tenants.models import Erasure, Tenant


class Command(BaseCommand):
    help = (
        "Erase a suspended tenant whose data were taken along since its last change: its tables, files with all "
        "versions, keys, roles and invitations. One operator asks (--operator, --reason), another confirms "
        "(--operator, --confirm SLUG) and it is done; --resume goes on after an interruption. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of the tenant's addresses")
        parser.add_argument(
            "--operator", metavar="E-MAIL", default="", help="who asks, confirms or takes it back"
        )
        parser.add_argument("--reason", default="", help="why; it stands in the certificate")
        parser.add_argument("--confirm", metavar="SLUG", help="confirm what another operator has asked for")
        parser.add_argument(
            "--without-files", action="store_true", help="with --confirm: files not taken along are given up"
        )
        parser.add_argument("--withdraw", action="store_true", help="take back what nobody has confirmed")
        parser.add_argument("--resume", action="store_true", help="go on with what was confirmed")
        parser.add_argument("--certificate", type=Path, metavar="FOLDER", help="write the certificate here")

    def handle(self, *args: Any, **options: Any) -> None:
        with public_scope():
            tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at /{options['slug']}/.")
        try:
            if options["resume"]:
                self._finish(tenant, options["certificate"])
                return
            actor = self._operator(options["operator"])
            if options["withdraw"]:
                withdraw_erasure(tenant, actor=actor)
                self.stdout.write(f"The erasure of {tenant.name} is taken back.")
            elif options["confirm"] is not None:
                confirm_erasure(
                    tenant, typed=options["confirm"], without_files=options["without_files"], actor=actor
                )
                self._finish(tenant, options["certificate"])
            else:
                ask_erasure(tenant, reason=options["reason"], actor=actor)
                self.stdout.write(
                    f"Another operator now confirms: manage.py erase_tenant {tenant.slug} --operator … "
                    f"--confirm {tenant.slug}"
                )
        except DomainError as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _operator(email: str) -> Actor:
        with public_scope():
            user = User.objects.filter(email__iexact=email, is_operator=True, is_active=True).first()
        if user is None:
            raise CommandError("Name an operator of the platform with --operator.")
        return Actor(user.pk, user.full_name or user.email)

    def _finish(self, tenant: Tenant, folder: Path | None) -> None:
        erasure = erase_tenant(tenant)
        if erasure is None:
            raise CommandError("Nobody has confirmed the erasure of this tenant.")
        try:
            told = certificate.read(erasure.certificate)
        except ForgedManifest as error:
            raise CommandError(
                "The tenant is erased, but its certificate was changed, or signed by a master key that was taken out: "
                "put that behind the others in MASTER_KEYS for as long as this takes."
            ) from error
        self.stdout.write(
            f"{told['name']} is erased: {sum(told['tables'].values())} rows of {len(told['tables'])} tables, "
            f"{told['files']} files, {told['people']} people made anonymous."
        )
        if folder is not None:
            self._write(folder, erasure)

    def _write(self, folder: Path, erasure: Erasure) -> None:
        base = folder / f"{erasure.tenant.slug}-erasure"
        base.with_suffix(".json").write_text(erasure.certificate, encoding="utf-8")
        base.with_suffix(".pdf").write_bytes(certificate.as_pdf(erasure.certificate))
        self.stdout.write(f"The certificate lies in {base.with_suffix('.pdf').name} and beside it as JSON.")
