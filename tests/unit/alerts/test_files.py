"""A digest in a folder: both files whole, or an error that says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveillance.alerts.digest import Digest
from surveillance.alerts.files import deliver
from surveillance.errors import DeliveryFailed

DIGEST = Digest("Subject", "<p>pain — “new”</p>\n", "pain — “new”\n")


def test_page_and_note_are_written_as_they_are(tmp_path: Path) -> None:
    page, note = deliver(DIGEST, tmp_path / "alerts" / "outbox", "nerves-2025-01-31")
    assert (page.name, note.name) == ("nerves-2025-01-31.html", "nerves-2025-01-31.txt")
    assert page.read_bytes() == DIGEST.html.encode()
    assert note.read_bytes() == DIGEST.text.encode()
    assert page.stat().st_mode & 0o777 == 0o644


def test_delivering_again_leaves_the_same_two_files(tmp_path: Path) -> None:
    deliver(DIGEST, tmp_path, "nerves")
    deliver(DIGEST, tmp_path, "nerves")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nerves.html", "nerves.txt"]


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a\\b", ".hidden", "a\nb", "x" * 200, "é"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeliveryFailed, match="cannot be the name of a digest"):
        deliver(DIGEST, tmp_path / "alerts", name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "alerts").write_text("in the way")
    with pytest.raises(DeliveryFailed, match="stays in the outbox") as failed:
        deliver(DIGEST, tmp_path / "alerts", "nerves")
    assert str(tmp_path / "alerts") in str(failed.value)


def test_a_failure_half_way_leaves_the_old_page_and_nothing_beside(tmp_path: Path) -> None:
    deliver(Digest("Subject", "old\n", "old\n"), tmp_path, "nerves")
    broken = Digest("Subject", "half \ud83d", "note")
    with pytest.raises(UnicodeEncodeError):
        deliver(broken, tmp_path, "nerves")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nerves.html", "nerves.txt"]
    assert (tmp_path / "nerves.html").read_text() == "old\n"
