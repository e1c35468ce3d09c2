"""Another department's system: parking permits for people who cannot walk far."""

from sandkommun.worlds.elements import Element


class Parkering(Element):
    """The parking permits' applications, medical statements and register."""
