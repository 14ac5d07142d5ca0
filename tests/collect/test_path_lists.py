"""Lists of files: their forms, what their entries are relative to, and files that are not what their checksum says."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from collecting import Got
from gristmill.build.fingerprint import unit_key
from gristmill.collect.csv import Csv
from gristmill.collect.git import Git
from gristmill.collect.jsonl import Jsonl
from gristmill.collect.text import Text
from gristmill.contracts.reader import Reader
from gristmill.errors import InputError
from web_server import Web, web_server


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    for name in ("a.txt", "b c.txt", "sub/d.txt", "unlisted.txt"):
        (tmp_path / "in" / name).write_text(f"text of {name}")
    return tmp_path


def _sources(root: Path, **settings: object) -> list[str]:
    units = Text.model_validate({"paths_file": "in/list", **settings}).units(str(root))
    return [member.source for unit in units for member in unit.members]


def test_a_list_names_files_beside_itself_one_a_line(folder: Path) -> None:
    (folder / "in" / "list").write_text("# comment\n\na.txt\r\nsub/d.txt\nb c.txt\n")
    assert _sources(folder) == ["in/a.txt", "in/b c.txt", "in/sub/d.txt"]
    (folder / "in" / "list").write_bytes(gzip.compress(b"a.txt\n"))
    assert _sources(folder) == ["in/a.txt"]
    assert _sources(folder, paths=("in/sub",)) == ["in/a.txt", "in/sub/d.txt"]


def test_a_list_of_sha256sum_is_read_as_it_is(folder: Path) -> None:
    (folder / "in" / "odd\nname.txt").write_text("odd")
    for tool in ("sha256sum", "md5sum"):
        made = subprocess.run(
            [tool, "a.txt", "b c.txt", "sub/d.txt", "odd\nname.txt"], cwd=folder / "in", capture_output=True, check=True
        )
        (folder / "in" / "list").write_bytes(made.stdout)
        got = Got(Text(paths_file="in/list"), folder)
        assert sorted(map(str, got.column("text"))) == ["odd", "text of a.txt", "text of b c.txt", "text of sub/d.txt"]
        assert all(member.checksum for unit in got.units for member in unit.members)


def test_a_file_that_is_not_what_its_checksum_says_is_refused(folder: Path) -> None:
    right = hashlib.sha256(b"text of a.txt").hexdigest()
    (folder / "in" / "list").write_text(f"a.txt sha256:{right}\nsub/d.txt\tsha256:{'0' * 64}\n")
    reader = Text(paths_file="in/list")
    with pytest.raises(InputError) as error:
        Got(reader, folder)
    found = hashlib.sha256(b"text of sub/d.txt").hexdigest()
    said = f"in/sub/d.txt: its sha256 is {found}, and the list of files says {'0' * 64}: fetch it again"
    assert str(error.value) == said


@pytest.mark.parametrize("kind", [Jsonl, Csv])
def test_a_file_with_a_checksum_is_read_whole_and_once_checked(
    kind: type[Reader], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gristmill.collect.jsonl.UNIT_BYTES", 100)
    data = b'"text"\n' + b'{"text": "x"}\n' * 100
    (folder / "in" / "rows").write_bytes(data)
    (folder / "in" / "list").write_text(f"rows sha256:{hashlib.sha256(data).hexdigest()}")
    (unit,) = kind.model_validate({"paths_file": "in/list"}).units(str(folder))
    (folder / "in" / "list").write_text("rows")
    plain = kind.model_validate({"paths_file": "in/list"}).units(str(folder))[0]
    assert unit_key(unit) != unit_key(plain)


def test_a_list_from_afar_names_files_beside_it_or_behind_a_prefix(web: Web, folder: Path) -> None:
    web.files = {"/x/a.txt": b"far a", "/y/a.txt": b"other a"}
    web.files["/x/list.gz"] = gzip.compress(f"a.txt\n{web.url}/y/a.txt\n".encode())
    got = Got(Text(paths_file=f"{web.url}/x/list.gz"), folder)
    assert sorted(map(str, got.column("text"))) == ["far a", "other a"]
    web.files["/x/list"] = b"a.txt"
    assert Got(Text(paths_file=f"{web.url}/x/list", paths_prefix=f"{web.url}/y/"), folder).column("text") == ["other a"]
    (folder / "in" / "list").write_text("a.txt\n")
    assert Got(Text(paths_file="in/list", paths_prefix=f"{web.url}/x/"), folder).column("text") == ["far a"]


def test_files_from_afar_are_held_against_their_checksums_as_well(web: Web, folder: Path) -> None:
    web.files["/a.txt"] = b"far"
    (folder / "in" / "list").write_text(f"{web.url}/a.txt md5:{hashlib.md5(b'far').hexdigest()}")
    assert Got(Text(paths_file="in/list"), folder).column("text") == ["far"]
    web.files["/a.txt"] = b"bar"
    with pytest.raises(InputError, match="its md5 is"):
        Got(Text(paths_file="in/list"), folder)


@pytest.mark.parametrize("entry", ["/etc/passwd", "file:///etc/passwd", "zip://a::file:///etc/a.zip", "local:///a"])
def test_a_list_from_afar_cannot_name_a_file_of_this_machine(web: Web, folder: Path, entry: str) -> None:
    web.files["/list"] = entry.encode()
    with pytest.raises(InputError, match=r"line 1 names .* and a list from afar may name urls only"):
        Text(paths_file=f"{web.url}/list").units(str(folder))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"", "in/list: it lists no files"),
        (b"none.txt", "in/none.txt: there is no such file or folder"),
        (b"sub", "in/sub: it is neither a file nor a folder"),
        (b"\xff.txt", "in/list: line 1 of the list is not UTF-8"),
        (b"a.txt sha256:12", "in/list: line 1 has a checksum that is none: 'sha256:12'"),
        (
            b"a.txt md5:" + b"0" * 32 + b"\n./a.txt md5:" + b"1" * 32,
            "in/a.txt: the list of files tells two checksums of it",
        ),
        (gzip.compress(b"a.txt\n" * 9000)[:-12], "in/list: line"),
    ],
)
def test_a_list_that_is_broken_is_told_in_a_sentence(folder: Path, text: bytes, error: str) -> None:
    (folder / "in" / "list").write_bytes(text)
    with pytest.raises(InputError) as raised:
        _sources(folder)
    assert str(raised.value).startswith(error)


def test_a_list_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"^none: there is no such file or folder$"):
        _sources(folder, paths_file="none")


def test_archives_of_code_may_be_listed(folder: Path) -> None:
    from code_repositories import tar

    tar(folder / "in" / "a.tar.gz", {"mill/a.py": "grain = 1\n"})
    (folder / "in" / "list").write_text("a.tar.gz\n")
    assert Got(Git(paths_file="in/list"), folder).column("text") == ["grain = 1\n"]


def test_what_the_list_says_is_no_part_of_what_a_record_is() -> None:
    one = Text(paths_file="a", paths_prefix="b").computing_settings()
    assert one == Text(paths=("c",)).computing_settings()
