"""The schedule: when inboxes are read and the case system is compared. It only ever queues jobs.

Nothing is imported here, because Django loads this package before its models may be imported.
"""
