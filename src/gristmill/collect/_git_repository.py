"""A git repository on disk: where its parts are, and which commit a revision is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from dulwich.object_format import ObjectFormat, get_object_format
from dulwich.objects import Commit
from dulwich.refs import DiskRefsContainer, RefsContainer
from dulwich.reftable import ReftableRefsContainer

from gristmill.collect._git_objects import COMMIT, TAG, Objects, Unreadable
from gristmill.collect._git_places import Place
from gristmill.errors import InputError

_MOST_TAGS = 8  # a tag may be of a tag
_LARGEST_COMMIT = 4 << 20
_MOST_CONFIG = 1 << 20
_WHERE = (b"", b"refs/", b"refs/tags/", b"refs/heads/", b"refs/remotes/")


class Revision(NamedTuple):
    """A commit: its identifier, its tree, its parents, and when it was made by whom."""

    id: bytes
    tree: bytes
    parents: tuple[bytes, ...]
    time: datetime | None
    author: bytes


def _format(place: Place) -> ObjectFormat:
    """SHA-1 or SHA-256: the one thing that is looked up in the configuration."""
    config = place.shared / "config"
    try:
        with config.open("rb") as file:
            known = file.read(_MOST_CONFIG).lower().replace(b" ", b"").replace(b"\t", b"")
    except OSError:
        known = b""
    return get_object_format("sha256" if b"objectformat=sha256" in known else "sha1")


def open_objects(place: Place) -> Objects:
    return Objects(place.shared / "objects", _format(place))


def resolve(place: Place, objects: Objects, revision: str, source: str) -> Revision:
    """The commit that a revision means: a branch, a tag, `HEAD` or a whole identifier."""
    try:
        id = _identifier(revision, objects.id_bytes) or _by_ref(place, revision, objects.id_bytes)
        if id is None:
            raise InputError(source, _unknown(place, revision))
        for _ in range(_MOST_TAGS):
            kind, content = objects.read(id, _LARGEST_COMMIT)
            if kind == COMMIT:
                return commit(id, content)
            target = content.partition(b"\n")[0].removeprefix(b"object ").decode("ascii", "replace")
            next_id = _identifier(target, objects.id_bytes)
            if kind != TAG or next_id is None:
                break
            id = next_id
    except Unreadable as error:
        raise InputError(source, f"the commit that {revision!r} means cannot be read: the object {error}") from error
    raise InputError(source, f"{revision!r} is no commit")


def _unknown(place: Place, revision: str) -> str:
    if revision == "HEAD":
        return "the repository has no commit yet"
    return f"the repository has no branch or tag {revision!r}; a commit is named by its whole identifier"


def _identifier(name: str, size: int) -> bytes | None:
    if len(name) != 2 * size:
        return None
    try:
        return bytes.fromhex(name)
    except ValueError:
        return None


def _by_ref(place: Place, revision: str, size: int) -> bytes | None:
    refs: RefsContainer
    if (place.shared / "reftable").is_dir():
        refs = ReftableRefsContainer(str(place.shared))
    else:
        refs = DiskRefsContainer(str(place.shared), worktree_path=str(place.own))
    for before in _WHERE:
        try:
            found = refs[before + revision.encode()]  # type: ignore[index]  # a NewType of bytes
        except (KeyError, ValueError, OSError):
            continue
        except Exception as error:
            raise Unreadable(f"cannot be found, for the refs are broken ({error})") from error
        return _identifier(found.decode("ascii", "replace"), size)
    return None


def commit(id: bytes, content: bytes) -> Revision:
    """A commit out of its object."""
    try:
        parsed = Commit.from_string(content)
        tree, parents = bytes.fromhex(parsed.tree.decode()), tuple(bytes.fromhex(p.decode()) for p in parsed.parents)
        author = bytes(parsed.author)
        seconds = int(parsed.commit_time)
    except Exception as error:
        raise Unreadable(f"is a broken commit ({error})") from error
    try:
        time = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        time = None
    return Revision(id, tree, parents, time, author)
