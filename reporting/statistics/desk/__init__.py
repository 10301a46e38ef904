"""The one way to released figures: what is asked (a cut), and the table that answers it."""
