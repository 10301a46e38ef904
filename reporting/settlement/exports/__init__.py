"""The account of a month on paper and as a workbook."""
