"""Cases: one application's way through the house, its statuses, and its hand-off to a person."""
