"""Django site for case workers: hand-offs to look at, approve or take over. Nothing is imported here: it is an app."""
