"""Pure rules of the carer's phone."""
