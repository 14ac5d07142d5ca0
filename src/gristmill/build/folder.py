"""The build folder: never one that holds anything else, taken by one build at a time, swept of what broke off."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gristmill.build.layout import Layout
from gristmill.build.store import read_json, sweep
from gristmill.errors import OutputError

_ELSEWHERE = "name another folder with `build` or --output"
_GO_ON = "what was finished is kept: run the same command to go on"

_WHAT_HELPS = {
    errno.ENOSPC: f"the disk is full; make room, {_GO_ON}",
    errno.EDQUOT: f"the disk quota is used up; make room, {_GO_ON}",
    errno.EACCES: f"permission denied; give the right to write there, or {_ELSEWHERE}",
    errno.EPERM: f"permission denied; give the right to write there, or {_ELSEWHERE}",
    errno.EROFS: f"its file system is read-only; {_ELSEWHERE}",
    errno.ENOTDIR: f"a file is in its place or above it; {_ELSEWHERE}",
    errno.EEXIST: f"a file is in its place or above it; {_ELSEWHERE}",
    errno.ENAMETOOLONG: f"the path is too long; {_ELSEWHERE}",
    errno.ELOOP: f"the path goes in a circle of links; {_ELSEWHERE}",
}


_KEPT = 8
"""What a build keeps at a time for each byte of input, where that is compressed and every text is edited."""


def roomy(folder: Path, size: int) -> bool:
    """Whether the disk that the folder is on, or will be, takes all that a build of so many bytes keeps, uncompressed.

    Of inputs that do not say their size it is not known.
    """
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    return 0 < _KEPT * size <= shutil.disk_usage(there).free


@contextmanager
def taken(layout: Layout) -> Iterator[None]:
    """Hold the folder. What an earlier run had begun to write when it was killed is removed, before and after."""
    if "?" in os.fspath(layout.root):
        raise OutputError(f"{layout.root}: DuckDB cannot work below a folder with a question mark; {_ELSEWHERE}")
    _refuse_foreign(layout)
    layout.work.mkdir(parents=True, exist_ok=True)
    with (layout.work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"{layout.root}: another build is running in this folder; wait for it to end") from None
        _sweep(layout)
        try:
            yield
        finally:
            _sweep(layout)


def _refuse_foreign(layout: Layout) -> None:
    """A build replaces `data`, `README.md` and more of its folder: that must not be somebody's own."""
    if (layout.work / "lock").exists() or _is_manifest(read_json(layout.manifest)):
        return
    if layout.root.is_dir() and any(layout.root.iterdir()):
        raise OutputError(f"{layout.root}: holds files that are no build's; {_ELSEWHERE}")


def _is_manifest(content: object) -> bool:
    return isinstance(content, dict) and "gristmill" in content


def _sweep(layout: Layout) -> None:
    shutil.rmtree(layout.work / "tmp", ignore_errors=True)
    sweep(layout.work)
    sweep(layout.root, below=False)


def cannot_write(layout: Layout, error: OSError) -> OutputError | None:
    """An error of the file system in one sentence that names the folder; None where it is about something else."""
    if error.errno is None or error.errno == errno.EPIPE:
        return None
    helps = _WHAT_HELPS.get(error.errno)
    if helps is None:
        where = f" ({error.filename})" if error.filename else ""
        helps = f"{error.strerror or os.strerror(error.errno)}{where}; {_GO_ON}"
    return OutputError(f"{layout.root}: {helps}")


def bytes_in(root: Path) -> int:
    """Bytes of all files below; one that has two names there counts once."""
    sizes: dict[int, int] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            with contextlib.suppress(OSError):
                found = os.lstat(os.path.join(folder, name))  # noqa: PTH118 (of a million names)
                sizes[found.st_ino] = found.st_size
    return sum(sizes.values())


def holds(root: Path, paths: Iterator[str]) -> Iterator[str]:
    """Those of the local paths that lie in the folder, links followed."""
    real = os.path.realpath(root)
    known: dict[str, bool] = {}
    for path in paths:
        folder = os.path.dirname(path)  # noqa: PTH120 (of a million names, and without making objects)
        if folder not in known:
            known[folder] = Path(os.path.realpath(folder)).is_relative_to(real)
        if known[folder]:
            yield path
