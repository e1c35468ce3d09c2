import os
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.engine import Original
from medarbetare.errors import BusinessError, TechnicalError
from medarbetare.inbox import FolderInbox, FolderInboxSettings, Intake
from medarbetare.testing import Bench

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PDF = b"%PDF-1.7 ..."


class Post:
    """A folder inbox, and how often the workflow was asked whose an application is."""

    def __init__(self, folder: Path) -> None:
        bench = Bench({})
        self.folder = folder
        self.asked = 0
        self.on_progress: Callable[[], None] = lambda: None
        self.inbox = FolderInbox("post", folder, self._household, lambda: self.on_progress())
        settings = FolderInboxSettings(kind="folder", folder=folder, department="avdelning", workflow="flode")
        self._intake = Intake("post", settings, bench.register, bench.keys.pseudonym, lambda: NOW)

    def _household(self, original: Original) -> str | None:
        self.asked += 1
        return original.content.decode() or None

    def put(self, name: str, content: bytes = b"tova") -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def pull(self) -> int:
        return self._intake.pull(self.inbox)

    def refused(self, reference: str) -> str:
        with pytest.raises(BusinessError) as caught:
            self.inbox.original(reference)
        return caught.value.message


@pytest.fixture
def post(database: Dsn, tmp_path: Path) -> Post:
    folder = tmp_path / "post"
    folder.mkdir()
    return Post(folder)


def references() -> list[str]:
    return list(Case.objects.order_by("reference").values_list("reference", flat=True))


def test_what_is_not_finished_or_no_application_is_passed_over_and_counted(post: Post) -> None:
    for name in (".A-1.xml", "A-2.xml.part", "A-3.json.tmp", "A-4.xml~", "A-5/A-6.xml", "thumbs.db", "A-7.pdf"):
        post.put(name)
    post.put("A-8.XML")

    with capture_logs() as logged:
        assert post.pull() == 1

    assert references() == ["A-8"]
    assert [line["count"] for line in logged if line["event"] == "files that are no applications"] == [2]
    assert "thumbs" not in str(logged)


def test_a_file_that_is_renamed_into_place_is_taken_in_then(post: Post) -> None:
    unfinished = post.put("A-1.xml.part")
    assert post.pull() == 0

    unfinished.rename(post.folder / "A-1.xml")

    assert post.pull() == 1


def test_the_folder_is_left_as_it_was(post: Post) -> None:
    post.put("A-1.xml")
    post.put("A-1/lön.pdf", PDF)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in post.folder.rglob("*")}

    post.pull()
    post.inbox.original("A-1")

    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in post.folder.rglob("*")} == before


def test_only_applications_never_seen_before_are_opened_to_see_whose_they_are(post: Post) -> None:
    for number in range(3):
        post.put(f"A-{number}.xml")
    post.pull()
    post.put("A-3.xml")

    assert post.pull() == 1
    assert post.asked == 4


def test_a_folder_larger_than_one_batch_is_taken_in_whole(post: Post) -> None:
    for number in range(520):
        post.put(f"A-{number:03}.xml", b"")

    assert post.pull() == 520
    assert post.pull() == 0


def test_a_link_is_never_opened_and_is_handed_over(post: Post, tmp_path: Path) -> None:
    secret = tmp_path / "hemligt"
    secret.write_bytes(b"hemligt")
    (post.folder / "A-1.xml").symlink_to(secret)
    post.put("A-2.xml")

    assert post.pull() == 2
    assert post.asked == 1
    assert "är en länk" in post.refused("A-1")


def test_a_pipe_is_never_opened_and_is_handed_over(post: Post) -> None:
    os.mkfifo(post.folder / "A-1.xml")

    assert post.pull() == 1
    assert "ingen vanlig fil" in post.refused("A-1")


def test_one_reference_in_two_files_is_one_case_that_a_person_settles(post: Post) -> None:
    post.put("A-1.xml")
    post.put("A-1.json")

    assert post.pull() == 1
    assert "två filer, A-1.json och A-1.xml" in post.refused("A-1")


def test_a_name_that_no_encoding_explains_is_handed_over_by_time_and_size(post: Post) -> None:
    (post.folder / os.fsdecode(b"\xff\xe5.xml")).write_bytes(b"12345")

    assert post.pull() == 1
    (reference,) = references()
    assert "5 byte" in post.refused(reference)


def test_a_missing_folder_is_not_an_empty_inbox(post: Post) -> None:
    post.folder.rmdir()

    with pytest.raises(TechnicalError, match="Inkorgen post"):
        post.pull()


def test_a_file_that_changes_while_it_is_read_is_read_again_later(database: Dsn, tmp_path: Path) -> None:
    growing = tmp_path / "A-1.xml"
    growing.write_bytes(b"x" * 3_000_000)

    def write_more() -> None:
        with growing.open("ab") as opened:
            opened.write(b"y")

    inbox = FolderInbox("post", tmp_path, lambda original: None, write_more)

    with pytest.raises(TechnicalError, match="ändrades medan den lästes"):
        inbox.original("A-1")


def test_attachments_are_told_by_name_size_hash_and_what_they_are(post: Post) -> None:
    post.put("A-1.xml")
    post.put("A-1/b.pdf", PDF)
    post.put("A-1/a.pdf", b"MZ")
    (post.folder / "A-1" / "c.pdf").symlink_to(post.folder / "A-1.xml")
    (post.folder / "A-1" / "d").mkdir()

    attachments = post.inbox.original("A-1").attachments

    assert attachments is not None
    assert [(one.name, one.size, one.kind, one.is_file) for one in attachments] == [
        ("a.pdf", 2, "", True),
        ("b.pdf", len(PDF), "pdf", True),
        ("c.pdf", 0, "", False),
        ("d", 0, "", False),
    ]
    assert attachments[1].sha256 == sha256(PDF).hexdigest()


def test_attachments_in_a_linked_folder_are_not_looked_at(post: Post, tmp_path: Path) -> None:
    post.put("A-1.xml")
    (tmp_path / "annat").mkdir()
    (tmp_path / "annat" / "x.pdf").write_bytes(PDF)
    (post.folder / "A-1").symlink_to(tmp_path / "annat")

    (attachment,) = post.inbox.original("A-1").attachments or ()

    assert not attachment.is_file


def test_an_application_without_a_folder_of_its_own_has_no_attachments(post: Post) -> None:
    post.put("A-1.xml")

    assert post.inbox.original("A-1").attachments == ()


def test_a_file_that_is_being_written_again_waits_for_its_household_and_the_others_do_not(post: Post) -> None:
    changing = post.put("A-1.xml", b"x" * 3_000_000)
    post.put("A-2.xml")
    post.on_progress = lambda: os.utime(changing)

    with capture_logs() as logged:
        assert post.pull() == 1

    assert references() == ["A-2"]
    assert [line["event"] for line in logged if line["log_level"] == "warning"] == ["household not read now"]

    post.on_progress = lambda: None
    post.put("A-1.xml")
    assert post.pull() == 1
    assert Case.objects.values("household").distinct().count() == 1
