"""Permission names of the region's desk."""

from kernel.permissions import register
from tenants.roles import ANALYST

READ_REGION = register("statistics.read_region", roles={ANALYST})
