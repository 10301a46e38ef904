"""Pure rules of tenants: the TERC register and the numbers of organisations."""
