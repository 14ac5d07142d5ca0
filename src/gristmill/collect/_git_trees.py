"""The files of a commit in the order of their paths, however deep and wide its trees are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gristmill.collect._git_objects import TREE, Objects, Unreadable

FILE, SYMLINK, SUBMODULE, FOLDER, OTHER = 0o10, 0o12, 0o16, 0o04, 0
"""The upper bits of a mode."""

_KINDS = frozenset((FILE, SYMLINK, SUBMODULE, FOLDER))
MOST_FILES = 5_000_000
_DEEPEST = 512
_LARGEST_TREE = 64 << 20
_NO_NAMES = frozenset((b"", b".", b"..", b".git"))


class Node(NamedTuple):
    """Something in a tree: its path, its kind, its identifier, or why the folder of that path cannot be read."""

    path: bytes
    kind: int
    id: bytes
    error: str = ""


def parse_tree(content: bytes, id_bytes: int, folder: bytes = b"") -> Iterator[Node]:
    """The entries of a tree object as they stand, in a folder (with its slash) or in none.

    Those whose name no file can have are of the kind OTHER.
    """
    at = 0
    seen: set[bytes] = set()
    while at < len(content):
        space = content.find(b" ", at, at + 8)
        end = content.find(b"\0", space)
        if space < 0 or end < 0 or end + 1 + id_bytes > len(content):
            raise Unreadable("is a broken tree")
        try:
            kind = int(content[at:space], 8) >> 12
        except ValueError as error:
            raise Unreadable("is a broken tree") from error
        name = content[space + 1 : end]
        at = end + 1 + id_bytes
        if kind not in _KINDS or name in _NO_NAMES or b"/" in name or name in seen:
            kind = OTHER
        seen.add(name)
        yield Node(folder + name, kind, content[end + 1 : at])


def walk(objects: Objects, tree: bytes) -> Iterator[Node]:
    """Everything but folders, depth first; a folder that cannot be read is a node with an error."""
    stack = [_children(objects, b"", tree)]
    count = 0
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif node.kind == FOLDER and not node.error:
            if len(stack) >= _DEEPEST:
                yield node._replace(error=f"it is more than {_DEEPEST} folders deep")
            else:
                stack.append(_children(objects, node.path + b"/", node.id))
        else:
            count += 1
            if count > MOST_FILES:
                yield node._replace(error=f"the commit has more than {MOST_FILES} files; the rest is left out")
                return
            yield node


def _children(objects: Objects, folder: bytes, tree: bytes) -> Iterator[Node]:
    try:
        kind, content = objects.read(tree, _LARGEST_TREE)
        if kind != TREE:
            raise Unreadable("is no tree")
        yield from parse_tree(content, objects.id_bytes, folder)
    except Unreadable as error:
        yield Node(folder.rstrip(b"/"), FOLDER, tree, f"the folder cannot be read: the object {error}")
