"""Pages of tenants: the start, people, invitations, and the operator's."""
