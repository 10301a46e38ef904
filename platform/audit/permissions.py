"""Permission names of the audit."""

from kernel.permissions import register

READ = register("audit.read", roles={"director"})
# The platform's own record: sign-ins, tenants, analysts; never what a tenant does inside.
READ_PLATFORM = register("audit.read_platform", roles={"platform_operator"})
