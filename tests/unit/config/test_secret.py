from pathlib import Path

import pytest

from medarbetare.config import SecretReference
from medarbetare.errors import ConfigurationError


def test_a_secret_comes_from_the_environment_a_file_or_a_systemd_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "losen").write_text("  hemligt\n", "utf-8")
    monkeypatch.setenv("ROBOTENS_LOSEN", "hemligt ")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    for reference in (
        SecretReference(env="ROBOTENS_LOSEN"),
        SecretReference(file=tmp_path / "losen"),
        SecretReference(credential="losen"),
    ):
        secret = reference.resolve()
        assert secret.get_secret_value() == "hemligt"
        assert "hemligt" not in repr(secret)


def test_a_secret_that_cannot_be_read_is_told_by_where_it_should_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROBOTENS_LOSEN", raising=False)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "tom").write_text(" \n", "utf-8")
    (tmp_path / "binar").write_bytes(b"hemligt\xff")

    for reference, where in (
        (SecretReference(env="ROBOTENS_LOSEN"), "miljövariabeln ROBOTENS_LOSEN"),
        (SecretReference(file=tmp_path / "saknas"), "saknas"),
        (SecretReference(file=tmp_path / "tom"), "tom"),
        (SecretReference(file=tmp_path), str(tmp_path)),
        (SecretReference(file=tmp_path / "binar"), "binar"),
        (SecretReference(credential="saknas"), "systemd-credential «saknas»"),
    ):
        with pytest.raises(ConfigurationError) as refused:
            reference.resolve()
        assert where in refused.value.message
        assert "hemligt" not in refused.value.message
