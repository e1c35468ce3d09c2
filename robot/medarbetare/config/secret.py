"""References to secrets. Configuration holds the reference; the secret itself never stands in a configuration file."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, SecretStr, model_validator

from medarbetare.config.loading import Strict
from medarbetare.errors import ConfigurationError


class SecretReference(Strict):
    """Where a secret is found: exactly one of `env`, `file` or `credential` (a systemd credential's name)."""

    env: str | None = None
    file: Path | None = None
    credential: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(part is not None for part in (self.env, self.file, self.credential)) != 1:
            raise ValueError("ange exakt en av env, file eller credential")
        return self

    def resolve(self) -> SecretStr:
        """The secret, without surrounding white space.

        Raises ConfigurationError when the variable, file or credential is missing, empty or not UTF-8 text.
        """
        value = os.environ.get(self.env, "") if self.env else self._text()
        if not value.strip():
            raise ConfigurationError(f"Hemligheten saknas, är tom eller kan inte läsas: {self._where()}.")
        return SecretStr(value.strip())

    def _path(self) -> Path:
        if self.file is not None:
            return self.file
        return Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/credentials/medarbetare.service")) / str(
            self.credential
        )

    def _text(self) -> str:
        try:
            return self._path().read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def _where(self) -> str:
        if self.env:
            return f"miljövariabeln {self.env}"
        return f"filen {self._path()}" if self.file else f"systemd-credential «{self.credential}»"


def unreadable(configuration: object) -> list[str]:
    """A sentence for each secret that models, or mappings and sequences of them, refer to and that cannot be read."""
    sentences = []
    for reference in _references(configuration):
        try:
            reference.resolve()
        except ConfigurationError as error:
            sentences.append(error.message)
    return list(dict.fromkeys(sentences))


def _references(part: object) -> Iterator[SecretReference]:
    if isinstance(part, SecretReference):
        yield part
    elif isinstance(part, BaseModel):
        yield from _references([value for _, value in part])
    elif isinstance(part, Mapping):
        yield from _references(list(part.values()))
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _references(one)
