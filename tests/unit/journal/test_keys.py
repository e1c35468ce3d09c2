import stat
from pathlib import Path

import pytest

from medarbetare.config import SecretReference
from medarbetare.errors import ConfigurationError, JournalError
from medarbetare.journal.keys import JournalKeys, generate_keys


@pytest.fixture
def keys(tmp_path: Path) -> JournalKeys:
    made = generate_keys(tmp_path / "keys", ["ekonomi", "vard"])
    return JournalKeys.read(made.departments, made.signing)


def test_generated_key_files_are_readable_by_their_owner_only(tmp_path: Path, keys: JournalKeys) -> None:
    files = sorted((tmp_path / "keys").iterdir())

    assert [file.name for file in files] == ["department-ekonomi.key", "department-vard.key", "signing.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_existing_key_files_are_kept(tmp_path: Path, keys: JournalKeys) -> None:
    again = generate_keys(tmp_path / "keys", ["ekonomi", "vard"])

    assert JournalKeys.read(again.departments, again.signing).departments == keys.departments


def test_pseudonym_is_stable_and_differs_between_departments_and_texts(keys: JournalKeys) -> None:
    first = keys.pseudonym("ekonomi", "hushåll 1")

    assert first == keys.pseudonym("ekonomi", "hushåll 1")
    assert len({first, keys.pseudonym("vard", "hushåll 1"), keys.pseudonym("ekonomi", "hushåll 2")}) == 3


def test_keys_do_not_show_in_repr(keys: JournalKeys) -> None:
    assert repr(keys) == "JournalKeys()"


def test_unknown_department_is_a_journal_error(keys: JournalKeys) -> None:
    with pytest.raises(JournalError, match="okand"):
        keys.pseudonym("okand", "hushåll 1")


@pytest.mark.parametrize("text", ["kort", "ab" * 31, "å" * 64, "QUJD"])
def test_key_of_the_wrong_form_is_refused_without_being_repeated(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.key"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match="32 byte") as raised:
        JournalKeys.read({"ekonomi": SecretReference(file=file)}, SecretReference(file=file))
    assert text not in str(raised.value)


def test_department_name_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="får bara ha"):
        generate_keys(tmp_path, ["../ekonomi"])
