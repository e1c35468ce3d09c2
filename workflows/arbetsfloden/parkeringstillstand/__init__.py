"""Parkeringstillstånd för rörelsehindrade: another department's workflow, and the smallest whole one to learn from."""
