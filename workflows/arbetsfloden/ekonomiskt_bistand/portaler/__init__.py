"""The portals of this workflow: what is read from each, and what is written."""
