"""Which files an input means: paths, folders, patterns and urls, each file once, in the order of their names."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from collecting import Got
from gristmill.collect._files import members
from gristmill.collect._groups import MAX_FILES, grouped
from gristmill.collect.text import Text
from gristmill.contracts.reader import Member
from gristmill.errors import InputError


def names(paths: list[str], root: Path) -> list[str]:
    return [member.source for member in members(paths, str(root), (".txt", ".md"))]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "skip.html", "sub/c.txt", "sub/deep/D.TXT", "sub/.hidden.txt", ".git/e.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(name)
    (tmp_path / "in" / "_SUCCESS").touch()
    return tmp_path


def test_a_folder_means_the_files_of_the_readers_kind_below_it(tree: Path) -> None:
    assert names(["in"], tree) == ["in/a.txt", "in/b.txt", "in/sub/c.txt", "in/sub/deep/D.TXT"]
    assert names(["./in/"], tree) == names(["in"], tree)
    assert names(["."], tree) == names(["in"], tree)


def test_a_pattern_means_what_it_matches_whatever_the_suffix(tree: Path) -> None:
    assert names(["in/*"], tree) == ["in/a.txt", "in/b.txt", "in/skip.html"]
    assert names(["in/*/?.txt"], tree) == ["in/sub/c.txt"]
    assert names(["in/**/*.txt"], tree) == ["in/a.txt", "in/b.txt", "in/sub/c.txt"]
    assert names(["in/[ab].txt"], tree) == ["in/a.txt", "in/b.txt"]


def test_a_name_with_wildcards_in_it_can_still_be_named(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("x")
    assert names(["a[1].txt"], tmp_path) == ["a[1].txt"]


def test_a_file_meant_twice_is_read_once(tree: Path) -> None:
    once = names(["in"], tree)
    assert names(["in/*.txt", "in", "./in/a.txt", "in/sub/../a.txt"], tree) == once
    assert names(["in", "in/*.txt"], tree) == once


def test_links_to_folders_above_do_not_lead_in_circles(tree: Path) -> None:
    once = names(["in"], tree)
    (tree / "in" / "loop").symlink_to(tree / "in")
    (tree / "in" / "sub" / "other").symlink_to(tree / "in" / "sub")
    (tree / "in" / "sub" / "up").symlink_to("..")
    assert names(["in"], tree) == once
    assert names(["in/**/*.*"], tree)[:2] == once[:2]


def test_a_link_to_nothing_is_named(tree: Path) -> None:
    (tree / "in" / "lost.txt").symlink_to("nowhere")
    with pytest.raises(InputError, match=r"^in/lost.txt: it is a link to a file that is not there$"):
        names(["in"], tree)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("none.txt", "none.txt: there is no such file or folder"),
        ("in/*.jsonl", "in/*.jsonl: no file matches this pattern"),
        ("no/*.txt", "no/*.txt: no file matches this pattern"),
        ("file:///none.txt", "file:///none.txt: there is no such file or folder"),
        ("memory://none.txt", "memory://none.txt: there is no such file or folder"),
        ("memory://none/*.txt", "memory://none/*.txt: no file matches this pattern"),
        ("nonsense://x", "nonsense://x: this is no url that can be read"),
    ],
)
def test_a_path_that_means_nothing_is_named(tree: Path, path: str, error: str) -> None:
    with pytest.raises(InputError) as raised:
        names([path], tree)
    assert str(raised.value).startswith(error)


def test_what_is_neither_file_nor_folder_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        names(["pipe.txt"], tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_file_without_permission_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "a.txt").touch(mode=0o000)
        (Path(folder) / "a.txt").chmod(0)
        child = os.fork()
        if not child:
            # Root may read anything, so the child becomes nobody.
            try:
                if os.getuid() == 0:
                    os.setuid(65534)
                names(["a.txt"], Path(folder))
            except InputError as error:
                os._exit(0 if "permission denied" in str(error) else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_file_name_that_is_not_utf_8_gets_a_printable_source(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("hello")
    got = Got(Text(paths=(".",)), tmp_path)
    assert got.column("source") == ["\\xff.txt"]
    assert got.column("text") == ["hello"]


def test_urls_of_other_file_systems_are_read(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for name in ("a.txt", "sub/b.txt", ".hidden/c.txt", "d.bin"):
        memory.pipe(f"/read_files/{name}", name.encode())
    both = ["memory://read_files/a.txt", "memory://read_files/sub/b.txt"]
    assert [name.replace(":///", "://") for name in names(["memory://read_files"], tmp_path)] == both
    assert [name.replace(":///", "://") for name in names(["memory://read_files/**/*.txt"], tmp_path)] == both
    assert Got(Text(paths=("memory://read_files",)), tmp_path).column("text") == ["a.txt", "sub/b.txt"]


def test_a_file_url_is_a_local_file_spelled_as_a_url(tree: Path) -> None:
    url = f"file://{tree}/in/a.txt"
    got = Got(Text(paths=(url,)), "/")
    assert got.column("source") == [url]
    assert got.column("text") == ["a.txt"]


def test_a_file_inside_an_archive_is_read_by_a_chained_url(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("inner/a.txt", "zipped")
    got = Got(Text(paths=(f"zip://inner/*.txt::file://{tmp_path}/z.zip",)), tmp_path)
    assert got.column("text") == ["zipped"]
    assert got.column("source") == [f"zip://inner/a.txt::file://{tmp_path}/z.zip"]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "a.txt").write_text("over http")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_on_a_web_server_is_read(web: str, tmp_path: Path) -> None:
    assert Got(Text(paths=(f"{web}/a.txt",)), tmp_path).column("text") == ["over http"]
    with pytest.raises(InputError, match="it cannot be read: the server answered 404"):
        names([f"{web}/none.txt"], tmp_path)


def test_a_web_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it cannot be read"):
        names(["http://127.0.0.1:9/none.txt"], tmp_path)


def test_a_missing_package_for_a_url_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    code = """if True:
        import sys
        sys.modules["s3fs"] = None
        from gristmill.collect.text import Text
        from gristmill.errors import MissingExtra
        try:
            Text(paths=("s3://bucket/a.txt",)).units(".")
        except MissingExtra as error:
            sys.exit(str(error))
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert run.stderr.strip() == "reading s3:// needs the package 's3fs': pip install 'gristmill[s3]'"


def _small(number: int) -> Member:
    return Member(f"{number:06}.html", f"/{number}", 1000, "x")


def test_many_small_files_share_units_within_bounds() -> None:
    files = [_small(number) for number in range(5000)]
    units = grouped(files)
    assert [member for unit in units for member in unit.members] == files
    assert max(len(unit.members) for unit in units) <= MAX_FILES
    assert len(units) < 100
    big = [Member(f"{number}", "/", 20 << 20, "x") for number in range(3)]
    assert [len(unit.members) for unit in grouped(big)] == [1, 1, 1]


def test_a_new_file_changes_few_units() -> None:
    files = [_small(number) for number in range(0, 10_000, 2)]
    before = set(grouped(files))
    after = set(grouped(sorted([*files, _small(4001)], key=lambda member: member.source)))
    assert len(after - before) <= 4
