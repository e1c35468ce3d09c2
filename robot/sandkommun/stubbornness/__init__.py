"""How the systems misbehave: which faults hit a request (`hitting`), what they do to any web site (`misbehaving`), who
gets past the log-in (`gate`). What a fault does to what one system is given, its own pages ask
`hits_of(request)` about. The list of faults is part of the world file's language: `sandkommun.worlds.faultlist`.
"""
