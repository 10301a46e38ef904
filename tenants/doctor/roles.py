"""What the doctor says of the roles under which web servers, and pages of statistics, work."""

from collections.abc import Iterator

from django.conf import settings

from kernel import region_role, web_role
from kernel.region_role import Readers
from tenants import provisioning
from tenants.doctor.findings import Finding, doubt, fault, well

# How a finding names the role, the setting that names it, and its pages.
_ROLES = {
    Readers.REGION: ("role of voivodeships", "REGION_DATABASE_ROLE", "pages of voivodeships"),
    Readers.OPEN: ("role of open pages", "OPEN_DATABASE_ROLE", "open pages of statistics"),
}


def narrow_role(readers: Readers) -> Iterator[Finding]:
    """Whether the pages of these readers work under a role of their own, and whether it may what they need."""
    part, setting, pages = _ROLES[readers]
    role, subject = region_role.role_of(readers), pages.capitalize()
    grant = "Run manage.py grant_region_role."
    if not role:
        finding = doubt if settings.LOCAL else fault
        what = (
            "the role of voivodeships, which may more than they need: memberships and notes"
            if region_role.role_of(Readers.REGION) and readers == Readers.OPEN
            else "the role that owns tenants' tables: only the code keeps them out"
        )
        yield finding(
            part,
            f"{subject} work as {what}.",
            f"Name a role in {setting} and run manage.py grant_region_role.",
        )
        return
    if not region_role.is_there(role):
        yield fault(part, f"The role {role} is not there, or not ours to take: {pages} are shut.", grant)
        return
    if region_role.tables_of_tenants_open_to(role):
        yield fault(part, f"The role {role} opens schemas of tenants.", f"Name another role in {setting}.")
    elif needless := region_role.needless_rights(role, readers):
        yield fault(part, f"The role {role} may more than pages need with {', '.join(needless[:5])}.", grant)
    elif missing := region_role.missing_rights(role, readers):
        yield fault(part, f"The role {role} may not read {', '.join(missing[:5])}.", grant)
    else:
        yield well(part, f"{subject} take the role {role}, which opens no table of any tenant.")


def role_of_web() -> Iterator[Finding]:
    """Whether web servers work under a role of their own, and whether it may all that pages do, and no more."""
    part, role = "role of web servers", web_role.role_named()
    grant = "Run manage.py grant_web_role."
    if not role:
        finding = doubt if settings.LOCAL else fault
        yield finding(
            part,
            "Web servers work as the role that owns all tables, which may alter them and the record of actions.",
            "Name a role in WEB_DATABASE_ROLE and run manage.py grant_web_role.",
        )
        return
    if not web_role.is_there(role):
        yield fault(part, f"The role {role} is not there: web servers do not serve.", grant)
        return
    found = web_role.look(role)
    if found.powers:
        yield fault(
            part, f"The role {role} {', '.join(found.powers)}.", "Take that from it, or name another."
        )
    elif found.set_aside:
        yield fault(
            part, f"The role {role} opens what restorations have set aside: {_some(found.set_aside)}.", grant
        )
    elif found.needless:
        yield fault(part, f"The role {role} may more than it should with {_some(found.needless)}.", grant)
    elif found.missing:
        yield fault(part, f"The role {role} may not all that pages do with {_some(found.missing)}.", grant)
    elif not provisioning.web_may_make_schemas(role):
        yield fault(part, f"The role {role} cannot ask for the schema of a new tenant.", grant)
    else:
        yield well(part, f"Web servers work under the role {role}, which alters no table and no entry.")
    if not web_role.signs_in(role):
        yield doubt(
            part,
            f"The role {role} is taken after signing in as the owner: injected SQL could go back to that.",
            "Give `prepare` a WEB_DATABASE_PASSWORD, and web servers a DATABASE_URL with this role.",
        )


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5])
