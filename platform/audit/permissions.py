"""Permission names of the audit."""

from kernel.permissions import register

READ = register("audit.read", roles={"director"})
