"""Medarbetare: an RPA robot ("digital medarbetare") that a Swedish municipality can run, repair and explain."""

__version__ = "0.1.0"
