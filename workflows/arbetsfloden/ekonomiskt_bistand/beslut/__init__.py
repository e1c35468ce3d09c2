"""The proposal, and what follows from it: what the applicant is told, reminders, who takes a hand-off."""
