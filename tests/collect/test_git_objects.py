"""Objects and trees that no git would make: sentences, within bounds, and nothing else."""

from __future__ import annotations

import hashlib
import resource
import zlib
from pathlib import Path

import pytest
from dulwich.object_format import get_object_format
from dulwich.pack import write_pack_index_v2
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.collect._git_objects import BLOB, Objects, TooLarge, Unreadable, _piece, _sizes
from gristmill.collect._git_trees import FILE, FOLDER, OTHER, Node, parse_tree, walk

SHA1 = get_object_format("sha1")
_OFS_DELTA, _REF_DELTA = 6, 7


def number(value: int) -> bytes:
    """A size in a delta."""
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def header(kind: int, size: int) -> bytes:
    first, size = kind << 4 | size & 15, size >> 4
    return bytes([first | (0x80 if size else 0)]) + (number(size) if size else b"")


def back(distance: int) -> bytes:
    """The offset of a base."""
    out = [distance & 0x7F]
    while distance := distance >> 7:
        distance -= 1
        out.insert(0, 0x80 | distance & 0x7F)
    return bytes(out)


def packed(folder: Path, entries: list[tuple[bytes, int, bytes, bytes, int | None]]) -> Objects:
    """A pack of entries: identifier, type, what stands before the content, content, the size that is stated."""
    (folder / "pack").mkdir(parents=True)
    data = bytearray(b"PACK" + (2).to_bytes(4, "big") + len(entries).to_bytes(4, "big"))
    index = []
    for id, kind, base, content, size in entries:
        index.append((id, len(data), 0))
        data += header(kind, len(content) if size is None else size) + base + zlib.compress(content)
    checksum = hashlib.sha1(data).digest()
    (folder / "pack" / "pack-a.pack").write_bytes(bytes(data) + checksum)
    with (folder / "pack" / "pack-a.idx").open("wb") as file:
        write_pack_index_v2(file, sorted(index), checksum)
    return Objects(folder, SHA1)


def id_of(name: int) -> bytes:
    return bytes([name]) * 20


def test_a_delta_that_asks_for_gigabytes_is_refused_before_it_is_applied(tmp_path: Path) -> None:
    base = b"x" * 0xFFFFFF
    copies = bytes([0xF0, 0xFF, 0xFF, 0xFF]) * 300  # each copies 16 MB of the base
    entries = []
    for name, stated in ((2, len(base) * 300), (3, 100)):
        delta = number(len(base)) + number(stated) + copies
        entries.append((id_of(name), _REF_DELTA, id_of(1), delta, None))
    objects = packed(tmp_path, [(id_of(1), BLOB, b"", base, None), *entries])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLarge, match="unpacks to more"):
        objects.read(id_of(2), 32 << 20)
    with pytest.raises(Unreadable, match="broken delta"):
        objects.read(id_of(3), 32 << 20)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert objects.read(id_of(1), 32 << 20) == (BLOB, base)
    with pytest.raises(TooLarge):
        objects.read(id_of(1), 1000)


def test_an_object_that_states_less_or_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    bomb = b"x" * 50_000_000
    objects = packed(
        tmp_path,
        [(id_of(1), BLOB, b"", bomb, 10), (id_of(2), BLOB, b"", b"abc", 1000), (id_of(3), BLOB, b"", bomb, 1 << 60)],
    )
    for name, why in ((1, "size"), (2, "size"), (3, "bytes")):
        with pytest.raises(Unreadable, match=why):
            objects.read(id_of(name), 1 << 20)


def test_deltas_that_go_in_a_circle_or_nowhere_end(tmp_path: Path) -> None:
    delta = number(3) + number(3) + b"\x90\x03"
    objects = packed(
        tmp_path,
        [
            (id_of(1), _REF_DELTA, id_of(2), delta, None),
            (id_of(2), _REF_DELTA, id_of(1), delta, None),
            (id_of(3), _REF_DELTA, id_of(3), delta, None),
            (id_of(4), _REF_DELTA, id_of(9), delta, None),
            (id_of(5), _OFS_DELTA, back(1 << 20), delta, None),
        ],
    )
    for name, why in (
        (1, "without an end"),
        (2, "without an end"),
        (3, "without an end"),
        (4, "not in"),
        (5, "before"),
    ):
        with pytest.raises(Unreadable, match=why):
            objects.read(id_of(name), 1 << 20)


def test_a_long_chain_of_deltas_is_followed(tmp_path: Path) -> None:
    entries = [(id_of(1), BLOB, b"", b"a" * 20, None)]
    for name in range(2, 200):
        added = number(19 + name - 1) + number(19 + name) + bytes([0x90, 19 + name - 1, 1]) + b"b"
        entries.append((id_of(name), _REF_DELTA, id_of(name - 1), added, None))
    objects = packed(tmp_path, entries)
    assert objects.read(id_of(199), 1 << 20) == (BLOB, b"a" * 20 + b"b" * 198)


def test_a_missing_object_is_told(tmp_path: Path) -> None:
    objects = packed(tmp_path, [(id_of(1), BLOB, b"", b"x", None)])
    with pytest.raises(Unreadable, match="not in the repository"):
        objects.read(id_of(7), 10)


def tree(*entries: tuple[str, bytes, bytes]) -> bytes:
    return b"".join(mode.encode() + b" " + name + b"\0" + id for mode, name, id in entries)


def test_names_that_no_file_can_have_are_no_files() -> None:
    odd = (b"", b".", b"..", b".git", b"a/b", b"twice")
    content = tree(("100644", b"twice", id_of(1)), *(("100644", name, id_of(1)) for name in odd))
    assert [node.kind for node in parse_tree(content, 20)] == [FILE, *[OTHER] * 6]


def test_a_tree_in_itself_ends_at_the_deepest_folder(tmp_path: Path) -> None:
    content = tree(("40000", b"d", id_of(1)), ("100644", b"f", id_of(2)))
    objects = packed(tmp_path, [(id_of(1), 2, b"", content, None)])
    nodes = list(walk(objects, id_of(1)))
    assert len(nodes) == 513
    assert nodes[0].error == "it is more than 512 folders deep"
    assert all(node.path.endswith(b"/f") or node.path == b"f" for node in nodes[1:])


def test_a_folder_that_is_missing_costs_itself_alone(tmp_path: Path) -> None:
    content = tree(("100644", b"a", id_of(2)), ("40000", b"d", id_of(9)), ("100644", b"z", id_of(2)))
    objects = packed(tmp_path, [(id_of(1), 2, b"", content, None)])
    assert [(node.path, bool(node.error)) for node in walk(objects, id_of(1))] == [
        (b"a", False),
        (b"d", True),
        (b"z", False),
    ]


def test_so_many_files_are_not_walked_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten folders of ten folders of the same folder: a git bomb."""
    monkeypatch.setattr("gristmill.collect._git_trees.MOST_FILES", 5000)
    entries = [(id_of(1), 2, b"", tree(*(("100644", b"%d" % k, id_of(99)) for k in range(10))), None)]
    for level in range(2, 11):
        folder = tree(*(("40000", b"%d" % k, id_of(level - 1)) for k in range(10)))
        entries.append((id_of(level), 2, b"", folder, None))
    nodes = list(walk(packed(tmp_path, entries), id_of(10)))
    assert len(nodes) == 5001
    assert "more than 5000 files" in nodes[-1].error


@given(st.binary(max_size=120))
def test_no_tree_makes_it_raise_anything_else(content: bytes) -> None:
    try:
        nodes = list(parse_tree(content, 20))
    except Unreadable:
        return
    assert all(isinstance(node, Node) and node.kind in range(16) for node in nodes)


@given(st.binary(max_size=40))
def test_no_delta_makes_it_raise_anything_else(content: bytes) -> None:
    try:
        base, result = _sizes(content)
    except Unreadable:
        return
    assert base >= 0
    assert result >= 0


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60), st.booleans())
def test_no_pack_makes_it_raise_anything_else(content: bytes, zipped: bool) -> None:
    class Pack:
        data = content[:3] + zlib.compress(content) if zipped else content

    try:
        piece = _piece(Pack(), 0, 20, 1000)  # type: ignore[arg-type]
    except Unreadable:
        return
    assert len(piece.content) <= 1000


def test_kinds_are_the_upper_bits_of_modes() -> None:
    content = tree(("100755", b"x", id_of(1)), ("40000", b"d", id_of(1)), ("120000", b"l", id_of(1)))
    assert [node.kind for node in parse_tree(content, 20)] == [FILE, FOLDER, 0o12]
