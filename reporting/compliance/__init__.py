"""The monthly comparison of granted and delivered, its deviations and the close of the month."""
