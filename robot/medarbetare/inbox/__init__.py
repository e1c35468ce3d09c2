"""Inboxes: where new applications are found."""

from medarbetare.inbox.portal import InboxSettings, PortalInbox

__all__ = ["InboxSettings", "PortalInbox"]
