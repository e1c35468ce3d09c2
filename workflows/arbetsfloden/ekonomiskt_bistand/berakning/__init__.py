"""From facts to a calculation: which incomes belong to the month, rows and balance, and to whom it is paid."""
