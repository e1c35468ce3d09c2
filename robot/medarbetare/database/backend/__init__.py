"""Django's PostgreSQL backend, with connections that are made again after the server has been away.

A Django backend is a folder with a `base.py`; settings name it in ENGINE.
"""
