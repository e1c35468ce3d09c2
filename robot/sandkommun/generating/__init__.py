"""Makes worlds: a plausible municipality out of a number of households and a seed.

It writes what people and agencies would write. It never works out what the right decision is.
"""

from sandkommun.generating.municipality import generate, write_file

__all__ = ["generate", "write_file"]
