"""What statistics tells those who listen."""

from kernel.hooks import Hook

# Figures of a period came or changed: kind (month, quarter) and period (its first day).
figures_pushed = Hook("statistics.figures_pushed")
