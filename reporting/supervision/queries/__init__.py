"""Reading supervision: for its own pages, and for the apps above (findings, penalties, results of surveys)."""
