"""Everything after the contract: granted, delivered, compared, told to the region."""
