"""Which files an input means, and how one is opened: local paths, folders, globs and fsspec urls alike."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from fsspec.utils import get_protocol

from gristmill.collect._local import identity, local_members
from gristmill.collect._remote import filesystem, foreign_errors, is_changed, remote_members
from gristmill.contracts.reader import Member
from gristmill.errors import InputError

_REMOTE_BLOCK = 8 << 20
_CHANGED = "the file was changed while it was being read; start the build again"


def members(paths: Sequence[str], root: str, suffixes: tuple[str, ...]) -> list[Member]:
    """Every file that the paths mean, sorted by source. InputError where a path means none.

    A file that goes by several names is read once, by the name with the fewest folders, then the lowest.
    """
    found: dict[str, Member] = {}
    for spelled in paths:
        local = is_local(spelled)
        with told(spelled):
            matched = local_members(spelled, root, suffixes) if local else remote_members(spelled, suffixes)
        if not matched:
            raise InputError(spelled, f"no file in this folder ends in {', '.join(suffixes)}")
        for member in matched:
            key = os.path.realpath(member.path) if local else member.path
            if key not in found or _rank(member) < _rank(found[key]):
                found[key] = member
    return sorted(found.values(), key=lambda member: member.source)


def _rank(member: Member) -> tuple[int, str]:
    return member.source.count("/"), member.source


def is_local(path: str) -> bool:
    return "::" not in path and get_protocol(path) in ("file", "local")


@contextmanager
def opened(member: Member) -> Iterator[BinaryIO]:
    """The file of a member, open for reading; errors of the file system become InputErrors.

    A file that changed since it was listed is an error as well: its units would not fit together.
    """
    with told(member.source):
        if is_local(member.path):
            with Path(member.path).open("rb") as file, Path(member.path).open("rb", buffering=0) as same:
                for number in (file.fileno(), same.fileno()):
                    _refuse_changed(number, member)
                yield file
                # Parts of what was read are stored under the file's identity: it must still be the same.
                _refuse_changed(same.fileno(), member)  # some readers close what they have read
        else:
            fs, path = filesystem(member.path)
            if is_changed(member.identity, fs.info(path)):
                raise InputError(member.source, _CHANGED)
            with fs.open(path, "rb", block_size=_REMOTE_BLOCK) as file:
                yield cast(BinaryIO, file)


def _refuse_changed(number: int, member: Member) -> None:
    if identity(os.fstat(number)) != member.identity:
        raise InputError(member.source, _CHANGED)


@contextmanager
def told(source: str) -> Iterator[None]:
    """Say the errors of file systems in one sentence of ours."""
    try:
        yield
    except FileNotFoundError as error:
        if isinstance(error.__cause__, foreign_errors()):  # so does fsspec where a web server does not answer
            raise InputError(source, f"it cannot be read: {error.__cause__}") from error
        raise InputError(source, "there is no such file or folder") from error
    except PermissionError as error:
        raise InputError(source, "it cannot be read: permission denied") from error
    except OSError as error:
        raise InputError(source, f"it cannot be read: {error.strerror or error}") from error
    except foreign_errors() as error:
        raise InputError(source, f"it cannot be read: {error}") from error
