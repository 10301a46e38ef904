"""Permission names of the audit."""

from kernel.permissions import register

READ = register("audit.read", roles={"director", "privacy_officer"})
# A file leaves the platform with keys of persons in it.
EXPORT = register("audit.export", roles={"director", "privacy_officer"}, personal_data=True)
# Whose work the record is, and who so finds it among the places of the frame.
OVERSEE = register("audit.oversee", roles={"privacy_officer"})
# The platform's own record: sign-ins, tenants, analysts; never what a tenant does inside.
READ_PLATFORM = register("audit.read_platform", roles={"platform_operator"})
