"""Pages of statistics: the region's, the tenant's own of what it sends, and the dictionary for everybody."""
