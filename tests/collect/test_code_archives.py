"""Archives of source code, as registries have them and as nobody should make them."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from code_repositories import Files, tar, zipped
from collecting import Got
from gristmill.collect._code_archives import archive_entries, safe_path
from gristmill.collect.git import Git

PYPROJECT = '[project]\nname = "mill"\nlicense = "MIT OR Apache-2.0"\n'
FILES: Files = {
    "mill-1.0/pyproject.toml": PYPROJECT,
    "mill-1.0/src/mill.py": "x = 1\n",
    "mill-1.0/vendor/wind/package.json": '{"license": "BSD-3-Clause"}',
    "mill-1.0/vendor/wind/index.js": "let y = 2\n",
}


def by_path(got: Got) -> dict[str, dict[str, object]]:
    told = [orjson.loads(str(row["metadata"])) for row in got.rows]
    return {str(about["path"]): about for about in told}


@pytest.mark.parametrize(
    "name", ["mill-1.0.tar.gz", "mill-1.0.tgz", "mill-1.0.crate", "mill-1.0.tar", "mill-1.0.tar.xz"]
)
def test_a_tar_is_read_whatever_compresses_it_with_licences_of_the_nearest_folder(name: str, tmp_path: Path) -> None:
    mode = "w" if name.endswith("tar") else "w:xz" if name.endswith("xz") else "w:gz"
    tar(tmp_path / name, FILES, mode)
    got = Got(Git(paths=(".",)), tmp_path)
    about = by_path(got)
    assert list(about) == ["pyproject.toml", "src/mill.py", "vendor/wind/package.json", "vendor/wind/index.js"]
    assert about["src/mill.py"]["repository_license"] == "MIT OR Apache-2.0"
    assert about["src/mill.py"]["license_file"] == "pyproject.toml"
    assert about["vendor/wind/index.js"]["repository_license"] == "BSD-3-Clause"
    assert about["src/mill.py"]["repository"] == "mill-1.0"
    assert about["src/mill.py"]["archive"] == name
    assert got.errors == []


def test_a_wheel_has_its_licence_beside_its_package(tmp_path: Path) -> None:
    metadata = "Metadata-Version: 2.4\nName: mill\nLicense-Expression: MPL-2.0\n\nText"
    zipped(tmp_path / "mill-1-py3-none-any.whl", {"mill/a.py": "1\n", "mill-1.dist-info/METADATA": metadata})
    assert by_path(Got(Git(paths=(".",)), tmp_path))["mill/a.py"]["repository_license"] == "MPL-2.0"


def test_paths_that_lead_out_of_the_archive_are_quarantined(tmp_path: Path) -> None:
    bad = ("../a.py", "/etc/passwd", "a/../../b.py", "C:/x.py", "..\\y.py")
    zipped(tmp_path / "a.zip", {**dict.fromkeys(bad, "1\n"), "good.py": "1\n"})
    tar(tmp_path / "b.tar", {**dict.fromkeys(bad, "1\n"), "./good.py": "1\n"}, "w")
    got = Got(Git(paths=(".",)), tmp_path)
    assert list(by_path(got)) == ["good.py"]
    assert len(got.rows) == 2
    assert len(got.errors) == 10
    assert all("leads out of the archive" in error for error in got.errors)


def test_links_in_archives_are_counted_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with tarfile.open(tmp_path / "in" / "a.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            entry = tarfile.TarInfo(f"link{kind.decode()}")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    with zipfile.ZipFile(tmp_path / "in" / "b.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    got = Got(Git(paths=("in",)), tmp_path)
    assert got.rows == []
    assert got.skipped == {"symlink": 3}


def test_long_names_and_large_sizes_of_gnu_and_pax_are_read(tmp_path: Path) -> None:
    long = "/".join(["deep" * 20] * 8) + "/näme.py"
    for name, format in (("gnu.tar", tarfile.GNU_FORMAT), ("pax.tar", tarfile.PAX_FORMAT)):
        with tarfile.open(tmp_path / name, "w", format=format) as archive:
            for path in (long, "short.py"):
                entry = tarfile.TarInfo(path)
                entry.size = 6
                archive.addfile(entry, io.BytesIO(b"x = 1\n"))
    got = Got(Git(paths=(".",)), tmp_path)
    assert [orjson.loads(str(row["metadata"]))["path"] for row in got.rows] == [long, "short.py"] * 2


def test_a_bomb_is_left_at_the_limit_and_what_came_before_is_kept(tmp_path: Path) -> None:
    files: Files = {"a.py": "1\n", **{f"{k}.txt": b"x" * 3_000_000 for k in range(10)}, "z.py": "1\n"}
    zipped(tmp_path / "a.zip", files)
    tar(tmp_path / "b.tar.gz", files)
    got = Got(Git(paths=(".",), max_archive_bytes=10_000_000), tmp_path)
    assert len(got.rows) == 8
    assert len(got.errors) == 3  # the file that the limit fell into, of the zip; then that the rest is left out
    assert sum("max_archive_bytes" in error for error in got.errors) == 2


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_the_limit(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"bomb.txt": b"x" * 50_000_000, "b.py": "1\n"})
    data = (tmp_path / "a.zip").read_bytes().replace((50_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "a.zip").write_bytes(data)
    got = Got(Git(paths=("a.zip",), max_record_bytes=1000), tmp_path)
    assert list(by_path(got)) == ["b.py"]
    assert len(got.errors) == 1


def test_an_encrypted_file_and_a_broken_one_cost_themselves_alone(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"locked.py": "1\n", "broken.py": "2 " * 1000, "b.py": "1\n"})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    start = data.index(b"broken.py") + len("broken.py")
    data[start : start + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "a.zip").write_bytes(bytes(data))
    got = Got(Git(paths=("a.zip",)), tmp_path)
    assert list(by_path(got)) == ["b.py"]
    assert got.errors[0] == "'locked.py': the file is encrypted"
    assert got.errors[1].startswith("'broken.py': the file cannot be unpacked")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip", "a.tar"])
def test_something_else_under_the_name_of_an_archive_is_one_problem(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"not an archive at all, but a text of some length" * 40)
    got = Got(Git(paths=(name,)), tmp_path)
    assert got.rows == []
    assert len(got.errors) == 1


def test_a_truncated_archive_gives_what_came_before_and_one_problem(tmp_path: Path) -> None:
    whole = tar(tmp_path / "a.tar.gz", {f"{k}.py": f"x = {k}\n" * 100 for k in range(100)}).read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(whole[: len(whole) // 2])
    got = Got(Git(paths=(".",)), tmp_path)
    assert 10 < len(got.rows) < 100
    assert len(got.errors) == 1


@given(st.text(max_size=30))
def test_a_safe_path_has_no_way_out(path: str) -> None:
    safe = safe_path(path)
    if safe is not None:
        assert not safe.startswith("/")
        assert not {"", ".", ".."} & set(safe.split("/"))


def _whole() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.py", "b/" + "c" * 120 + ".py", "d.py"):
            entry = tarfile.TarInfo(name)
            entry.size = 300
            archive.addfile(entry, io.BytesIO(b"x" * 300))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.py", "b/c.py"):
            archive.writestr(name, "x = 1\n" * 50)
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([_whole(), _zip(), zlib.compress(b"x")]), st.data())
def test_no_damage_makes_it_raise_and_it_says_the_same_twice(whole: bytes, data: st.DataObject) -> None:
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(broken[: data.draw(st.integers(0, len(broken)))])

    def told() -> list[object]:
        return [
            (entry.path, entry.kind, entry.error, entry.read(1000) if not entry.error else "")
            for entry in archive_entries(io.BytesIO(cut), len(cut), 1 << 20)
        ]

    assert told() == told()
