"""Repositories of git: what is committed is read, with what is known of it, and nothing else is touched."""

from __future__ import annotations

import os
import stat
import struct
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from dulwich.reftable import ReftableRefsContainer

from code_repositories import Files, commit, git, tar, write
from collecting import Got
from gristmill.collect.git import Git
from gristmill.errors import InputError, MissingExtra

ISC = (
    "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby "
    "granted, provided that the above copyright notice and this permission notice appear in all copies.\n\n"
    'THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING '
    "ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, "
    "DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, "
    "WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE "
    "USE OR PERFORMANCE OF THIS SOFTWARE.\n"
)
LATIN = "/* Gr\xfc\xdfe aus K\xf6ln, \xfcber alle Berge */\nint main(void) { return 0; }\n"

FILES: Files = {
    "LICENSE": ISC,
    "src/app.py": "import util\n\nprint(util.x)\n",
    "src/util.py": "x = 1\n",
    "web/page.html": "<p>Grüße</p>\n",
    "web/latin.c": LATIN.encode("latin-1"),
    "vendor/lib.js": "function a() {}\n",
    "data/image.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "data/large.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
    "book.ipynb": '{"cells": []}',
    "empty.txt": "",
}


def files_of(got: Got) -> dict[str, dict[str, Any]]:
    """Metadata of the records, by path."""
    told = [orjson.loads(str(row["metadata"])) for row in got.rows]
    return {about["path"]: about for about in told}


def texts_of(got: Got) -> dict[str, object]:
    return {orjson.loads(str(row["metadata"]))["path"]: row["text"] for row in got.rows}


def test_each_committed_text_is_a_record_and_the_rest_is_counted_by_what_it_is(tmp_path: Path) -> None:
    head = commit(tmp_path / "mill", FILES)
    write(tmp_path / "mill", {"src/app.py": "changed, not committed", "new.py": "not committed"})
    got = Got(Git(paths=("mill",)), tmp_path)

    assert texts_of(got) == {
        "LICENSE": ISC,
        "src/app.py": FILES["src/app.py"],
        "src/util.py": "x = 1\n",
        "vendor/lib.js": "function a() {}\n",
        "web/latin.c": LATIN,
        "web/page.html": "<p>Grüße</p>\n",
    }
    assert got.skipped == {"binary file .png": 1, "git-lfs pointer": 1, "notebook": 1, "empty file": 1}
    assert got.errors == []
    about = files_of(got)["src/app.py"]
    assert about == {
        "repository": "mill",
        "commit": head,
        "revision": "HEAD",
        "path": "src/app.py",
        "blob": git(tmp_path / "mill", "rev-parse", "HEAD:src/app.py"),
        "language": "Python",
        "language_type": "programming",
        "marks": [],
        "bytes": 27,
        "lines": 3,
        "license_file": "LICENSE",
        "repository_license": "ISC",
    }
    assert files_of(got)["web/latin.c"]["encoding"] != "utf-8"
    assert files_of(got)["vendor/lib.js"]["marks"] == ["vendored"]
    assert {row["source"] for row in got.rows} == {"mill"}
    assert next(row["id"] for row in got.rows) == "mill/LICENSE"


def test_a_bare_repository_and_a_packed_one_give_the_same(tmp_path: Path) -> None:
    commit(tmp_path / "mill", FILES)
    for day in range(2, 6):
        commit(tmp_path / "mill", {"src/app.py": "import util\n" + f"print({day})\n" * 200}, day=day)
    loose = Got(Git(paths=("mill",)), tmp_path)
    git(tmp_path, "clone", "-q", "--bare", "mill", "bare.git")
    git(tmp_path / "mill", "repack", "-adfq")
    assert list((tmp_path / "mill/.git/objects/pack").glob("*.pack"))
    packed = Got(Git(paths=("mill",)), tmp_path)
    bare = Got(Git(paths=("bare.git",)), tmp_path)
    assert packed.rows == loose.rows
    assert texts_of(bare) == texts_of(loose)


def test_a_delta_of_a_delta_is_what_git_says_it_is(tmp_path: Path) -> None:
    body = "".join(f"line {k}\n" for k in range(5000))
    for day in range(1, 9):
        commit(tmp_path / "mill", {"long.txt": body.replace(f"line {day}7\n", f"changed on day {day}\n")}, day=day)
    git(tmp_path / "mill", "repack", "-adfq", "--depth=50", "--window=50")
    for back in range(8):
        id = git(tmp_path / "mill", "rev-parse", f"HEAD~{back}")
        got = Got(Git(paths=("mill",), revision=id), tmp_path)
        assert got.rows[0]["text"] == git(tmp_path / "mill", "show", f"{id}:long.txt") + "\n"


@pytest.mark.parametrize("format", ["sha1", "sha256"])
@pytest.mark.parametrize("revision", ["main", "v1", "refs/heads/main"])
def test_a_branch_a_tag_and_either_kind_of_identifier_are_revisions(format: str, revision: str, tmp_path: Path) -> None:
    (tmp_path / "mill").mkdir()
    git(tmp_path / "mill", "init", "-q", "-b", "main", f"--object-format={format}")
    first = commit(tmp_path / "mill", {"a.py": "one = 1\n"})
    git(tmp_path / "mill", "tag", "-a", "v1", "-m", "first")
    got = Got(Git(paths=("mill",), revision=revision), tmp_path)
    assert texts_of(got) == {"a.py": "one = 1\n"}
    commit(tmp_path / "mill", {"a.py": "two = 2\n"}, day=2)
    assert texts_of(Got(Git(paths=("mill",), revision=first), tmp_path)) == {"a.py": "one = 1\n"}
    assert texts_of(Got(Git(paths=("mill",)), tmp_path)) == {"a.py": "two = 2\n"}
    git(tmp_path / "mill", "pack-refs", "--all")
    assert texts_of(Got(Git(paths=("mill",), revision="v1"), tmp_path)) == {"a.py": "one = 1\n"}


def test_refs_in_tables_are_read(tmp_path: Path) -> None:
    head = commit(tmp_path / "mill", {"a.py": "1\n"})
    folder = tmp_path / "mill" / ".git"
    refs = ReftableRefsContainer(str(folder))
    refs[b"refs/heads/main"] = head.encode()
    refs.set_symbolic_ref(b"HEAD", b"refs/heads/main")
    (folder / "HEAD").write_text("ref: refs/heads/.invalid\n")  # as git has it beside tables
    for revision in ("HEAD", "main"):
        assert texts_of(Got(Git(paths=("mill",), revision=revision), tmp_path)) == {"a.py": "1\n"}


def test_an_unknown_revision_and_an_empty_repository_are_errors(tmp_path: Path) -> None:
    commit(tmp_path / "mill", {"a.py": "1\n"})
    with pytest.raises(InputError, match="no branch or tag 'nope'"):
        Git(paths=("mill",), revision="nope").units(str(tmp_path))
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q")
    with pytest.raises(InputError, match="no commit yet"):
        Git(paths=("new",)).units(str(tmp_path))


def test_history_says_when_how_often_and_by_how_many_a_file_was_changed(tmp_path: Path) -> None:
    commit(tmp_path / "mill", {"a.py": "1\n", "b/c.py": "1\n"}, day=1)
    commit(tmp_path / "mill", {"a.py": "2\n"}, day=2, author="Grace")
    commit(tmp_path / "mill", {"a.py": "3\n"}, day=3)
    about = files_of(Got(Git(paths=("mill",), history=100), tmp_path))
    named = ("first_commit", "last_commit", "commits", "authors")
    assert [about["a.py"][name] for name in named] == ["2024-01-01T00:00:00+00:00", "2024-01-03T00:00:00+00:00", 3, 2]
    assert [about["b/c.py"][name] for name in named] == ["2024-01-01T00:00:00+00:00"] * 2 + [1, 1]
    recent = files_of(Got(Git(paths=("mill",), history=2), tmp_path))
    assert "first_commit" not in recent["a.py"]
    assert recent["a.py"]["commits"] == 2
    assert "commits" not in recent["b/c.py"]


def test_symlinks_and_submodules_are_told_and_never_followed(tmp_path: Path) -> None:
    commit(tmp_path / "other", {"inner.py": "inner\n"})
    folder = tmp_path / "mill"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("a secret outside")
    (folder / "link.txt").symlink_to("../secret.txt")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "submodule", "add", "-q", "../other", "sub")
    commit(folder, {"a.py": "1\n"})
    got = Got(Git(paths=("mill",)), tmp_path)
    assert set(texts_of(got)) == {".gitmodules", "a.py"}
    assert got.skipped == {"symlink": 1, "submodule": 1}


def test_names_that_are_no_utf8_are_shown_with_escapes(tmp_path: Path) -> None:
    folder = tmp_path / "mill"
    folder.mkdir()
    with open(os.path.join(os.fsencode(folder), b"na\xefve.py"), "wb") as file:
        file.write(b"1\n")
    commit(folder, {"a.py": "1\n"})
    assert set(texts_of(Got(Git(paths=("mill",)), tmp_path))) == {"a.py", "na\\xefve.py"}


def test_nothing_in_the_repository_is_run(tmp_path: Path) -> None:
    folder = tmp_path / "mill"
    commit(folder, {"a.py": "1\n"})
    ran = tmp_path / "ran"
    script = f"#!/bin/sh\ntouch {ran}\n"
    for hook in ("post-checkout", "pre-commit", "fsmonitor"):
        path = folder / ".git" / "hooks" / hook
        path.write_text(script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    with (folder / ".git" / "config").open("a") as config:
        config.write(f'[core]\n fsmonitor = {folder}/.git/hooks/fsmonitor\n pager = "touch {ran}"\n')
        config.write(f'[include]\n path = /dev/zero\n[filter "x"]\n smudge = touch {ran}\n')
    assert len(Got(Git(paths=("mill",)), tmp_path).rows) == 1
    assert not ran.exists()


def test_repositories_below_a_folder_are_found_and_no_pointer_leads_out_of_it(tmp_path: Path) -> None:
    commit(tmp_path / "in" / "a", {"a.py": "1\n"})
    commit(tmp_path / "in" / "deep" / "b", {"b.py": "1\n", "kept.zip": b"PK\x05\x06" + bytes(18)})
    commit(tmp_path / "outside", {"private.py": "private\n"})
    got = Got(Git(paths=("in",)), tmp_path)
    assert sorted({str(row["source"]) for row in got.rows}) == ["in/a", "in/deep/b"]
    (tmp_path / "in" / "trap").mkdir()
    (tmp_path / "in" / "trap" / ".git").write_text("gitdir: ../../outside/.git\n")
    with pytest.raises(InputError, match="leads out of in"):
        Git(paths=("in",)).units(str(tmp_path))
    assert len(Got(Git(paths=("in/trap",)), tmp_path).rows) == 1  # who names it means it


def test_objects_of_another_repository_are_not_read(tmp_path: Path) -> None:
    commit(tmp_path / "mill", {"a.py": "1\n"})
    git(tmp_path, "clone", "-q", "--shared", "mill", "borrowing")
    with pytest.raises(InputError, match="not in the repository, as in a shallow, partial or shared clone"):
        Git(paths=("borrowing",)).units(str(tmp_path))


def test_a_file_longer_than_the_limit_and_one_that_is_missing_cost_themselves_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mill"
    commit(folder, {"a.py": "1\n", "long.py": "x" * 1000, "lost.py": "lost\n", "z.py": "2\n"})
    id = git(folder, "rev-parse", "HEAD:lost.py")
    (folder / ".git" / "objects" / id[:2] / id[2:]).unlink()
    got = Got(Git(paths=("mill",), max_record_bytes=100), tmp_path)
    assert set(texts_of(got)) == {"a.py", "z.py"}
    assert got.errors == [
        "'long.py': the file is longer than max_record_bytes (100 bytes)",
        "'lost.py': the file cannot be read: the object is not in the repository, as in a shallow, partial or "
        "shared clone",
    ]


def test_objects_that_lie_about_their_size_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    folder = tmp_path / "mill"
    commit(folder, {"a.py": "1\n", "bomb.py": "x\n"})
    id = git(folder, "rev-parse", "HEAD:bomb.py")
    path = folder / ".git" / "objects" / id[:2] / id[2:]
    for content, why in (
        (b"blob 10\0" + bytes(50_000_000), "has not the size that it says"),
        (b"blob 50000000\0" + bytes(50_000_000), "longer than max_record_bytes"),
        (b"blub 1\0x", "has no header"),
    ):
        path.chmod(0o644)
        path.write_bytes(zlib.compress(content))
        got = Got(Git(paths=("mill",), max_record_bytes=1 << 20), tmp_path)
        assert len(got.errors) == 1
        assert why in got.errors[0]
        assert set(texts_of(got)) == {"a.py"}


def test_a_broken_pack_gives_sentences_and_no_trace(tmp_path: Path) -> None:
    folder = tmp_path / "mill"
    commit(folder, {f"{k}.py": f"number {k}\n" * 50 for k in range(40)})
    git(folder, "repack", "-adfq")
    (pack,) = (folder / ".git" / "objects" / "pack").glob("*.pack")
    whole = pack.read_bytes()
    pack.chmod(0o644)
    reader = Git(paths=("mill",))
    for step in range(12, len(whole), max(len(whole) // 60, 1)):
        pack.write_bytes(whole[:step] + struct.pack("B", whole[step] ^ 0xFF) + whole[step + 1 :])
        try:
            got = Got(reader, tmp_path)
        except InputError as error:
            assert "\n" not in str(error)
            continue
        assert all("\n" not in error for error in got.errors)
    pack.write_bytes(whole[: len(whole) // 2])
    try:
        assert Got(reader, tmp_path).errors
    except InputError as error:
        assert "cannot be read" in str(error)


def test_a_large_repository_is_cut_into_ranges_that_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path / "mill", {f"d{k % 7}/{k:03}.py": f"x = {k}\n" for k in range(100)})
    whole = Got(Git(paths=("mill",)), tmp_path)
    monkeypatch.setattr("gristmill.collect.git.UNIT_FILES", 30)
    cut = Got(Git(paths=("mill",)), tmp_path)
    assert [(unit.start, unit.stop) for unit in cut.units] == [(0, 30), (30, 60), (60, 90), (90, 100)]
    assert cut.rows == whole.rows
    (unit,) = whole.units
    pieces = Git(paths=("mill",)).pieces(unit, 2, unit.size // 10)
    assert [(piece.start, piece.stop) for piece in pieces] == [(20, 30), (70, 80)]


def test_a_repository_as_one_record_has_files_behind_those_that_they_use(tmp_path: Path) -> None:
    commit(
        tmp_path / "mill", {"a.py": "import b\n", "b.py": "from c import x\n", "c.py": "x = 1\n", "main.c": "int x;\n"}
    )
    (row,) = Got(Git(paths=("mill",), record="repository"), tmp_path).rows
    assert row["text"] == ("# c.py\nx = 1\n\n# b.py\nfrom c import x\n\n# a.py\nimport b\n\n// main.c\nint x;\n")
    about = orjson.loads(str(row["metadata"]))
    assert about["paths"] == ["a.py", "b.py", "c.py", "main.c"]
    assert about["languages"] == {"Python": 3, "C": 1}
    (row,) = Got(Git(paths=("mill",), record="repository", order="path", header="starcoder2"), tmp_path).rows
    assert str(row["text"]).startswith("<repo_name>mill<file_sep>a.py\nimport b\n<file_sep>b.py\n")


def test_a_repository_larger_than_a_record_is_cut_between_files(tmp_path: Path) -> None:
    commit(tmp_path / "mill", {f"{k}.py": "x" * 400 + "\n" for k in range(6)})
    got = Got(Git(paths=("mill",), record="repository", max_record_bytes=1000), tmp_path)
    assert [row["position"] for row in got.rows] == [0, 1, 2]
    assert all(len(str(row["text"])) <= 1000 for row in got.rows)
    for skip in range(5):
        units = Git(paths=("mill",), record="repository", max_record_bytes=1000)
        rest = [row for chunk in units.read(got.units[0], skip=skip) for row in chunk.batch.to_pylist()]
        assert rest == got.rows[skip:]


def test_a_file_with_starcoder2s_tokens_in_it_cannot_pass_for_two_files(tmp_path: Path) -> None:
    commit(tmp_path / "mill", {"a.py": "x = '<file_sep>evil.py'\n", "b.py": "1\n"})
    got = Got(Git(paths=("mill",), record="repository", header="starcoder2"), tmp_path)
    assert got.column("text") == ["<repo_name>mill<file_sep>b.py\n1\n"]
    assert got.skipped == {"file with a token of StarCoder2 in it": 1}


def test_reading_resumes_after_any_record(tmp_path: Path) -> None:
    commit(tmp_path / "mill", {**FILES, "long.py": "x" * 1000})
    reader = Git(paths=("mill",), max_record_bytes=500)
    (unit,) = reader.units(str(tmp_path))

    def places(skip: int) -> list[int]:
        chunks = list(reader.read(unit, skip=skip))
        rows = [row for chunk in chunks for row in chunk.batch.column("position").to_pylist()]
        return sorted([*rows, *(problem.position for chunk in chunks for problem in chunk.problems)])

    every = places(0)
    assert len(every) == 7
    for skip in range(len(every) + 2):
        assert places(skip) == every[skip:]


def test_without_dulwich_repositories_say_what_to_install_and_archives_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path / "in" / "mill", {"a.py": "1\n"})
    tar(tmp_path / "b.tar.gz", {"b/b.py": "1\n"})
    monkeypatch.setattr("gristmill.collect.git.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"gristmill\[git\]"):
        Git(paths=("in",)).units(str(tmp_path))
    assert len(Got(Git(paths=("b.tar.gz",)), tmp_path).rows) == 1
