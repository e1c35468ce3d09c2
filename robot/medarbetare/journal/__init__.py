"""Tamper-evident step log: leaves, sealed payloads, signed checkpoints, verification.

Import `Journal` from `medarbetare.journal.writing` and `JournalKeys` from `medarbetare.journal.keys`. Nothing is
imported here, because Django loads this package before its models may be imported.
"""
