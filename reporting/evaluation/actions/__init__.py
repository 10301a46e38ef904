"""The verbs of evaluation: measuring commitments, stating values by hand, and evaluating a cycle."""
