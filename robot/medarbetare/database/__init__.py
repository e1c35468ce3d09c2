"""The robot's own PostgreSQL: Django settings, the embedded server, migrating.

    with EmbeddedServer(folder).use() as server:   # medarbetare.database.embedded
        configure(server.dsn)                                  # medarbetare.database.connection
        migrate()                                                    # medarbetare.database.migrating

Nothing is imported here: the settings module and the keeper process must load without Django.
"""
