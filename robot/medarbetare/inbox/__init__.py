"""Inboxes: where new applications are found."""

from medarbetare.inbox.contract import Inbox
from medarbetare.inbox.folder import FolderInbox, FolderInboxSettings
from medarbetare.inbox.intake import Intake
from medarbetare.inbox.portal import PortalInbox, PortalInboxSettings
from medarbetare.inbox.settings import InboxSettings

__all__ = [
    "FolderInbox",
    "FolderInboxSettings",
    "Inbox",
    "InboxSettings",
    "Intake",
    "PortalInbox",
    "PortalInboxSettings",
]
