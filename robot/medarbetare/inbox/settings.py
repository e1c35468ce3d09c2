"""One entry of config/inbox.yaml, of whatever kind."""

from typing import Annotated

from pydantic import Discriminator, Tag

from medarbetare.inbox.folder import FolderInboxSettings
from medarbetare.inbox.portal import PortalInboxSettings


def _kind(entry: object) -> str | None:
    if isinstance(entry, PortalInboxSettings | FolderInboxSettings):
        return f"inbox[{entry.kind}]"
    kind = entry.get("kind", "portal") if isinstance(entry, dict) else None
    return f"inbox[{kind}]" if kind in ("portal", "folder") else None


InboxSettings = Annotated[
    Annotated[PortalInboxSettings, Tag("inbox[portal]")] | Annotated[FolderInboxSettings, Tag("inbox[folder]")],
    Discriminator(
        _kind, custom_error_type="inbox_kind", custom_error_message="kind: portal (förvalt) eller kind: folder"
    ),
]
"""A portal's inbox unless `kind: folder` says otherwise. The brackets keep the tags out of the errors' places."""
