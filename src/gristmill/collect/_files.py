"""Which files an input means, and how one is opened: local paths, folders, globs and fsspec urls alike."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from io import BufferedReader, RawIOBase
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from gristmill.collect._checksums import verify
from gristmill.collect._hub_urls import at_commit, hub_request
from gristmill.collect._local import identity, local_member, local_members, protocol_of
from gristmill.collect._path_lists import Listed
from gristmill.collect._remote import (
    FileChanged,
    filesystem,
    foreign_errors,
    is_changed,
    on_web,
    remote_member,
    remote_members,
    web_info,
)
from gristmill.contracts.reader import Member
from gristmill.errors import InputError

_REMOTE_BLOCK = 8 << 20
_WEB_BUFFER = 1 << 18
_AT_ONCE = 16  # questions to servers, of the files of a list
_CHANGED = "the file was changed while it was being read; start the build again"


def members(paths: Sequence[str], root: str, suffixes: tuple[str, ...], listed: Sequence[Listed] = ()) -> list[Member]:
    """Every file that the paths and the entries of a list mean, sorted by source. InputError where one means none.

    A file that goes by several names is read once, by the name with the fewest folders, then the lowest.
    """
    found: dict[str, Member] = {}
    for spelled in paths:
        with told(spelled):
            matched = local_members(spelled, root, suffixes) if is_local(spelled) else remote_members(spelled, suffixes)
        if not matched:
            raise InputError(spelled, f"no file in this folder ends in {_spoken(suffixes)}")
        for member in matched:
            _take(member, found)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for member in pool.map(lambda one: _of_list(one, root), listed):
            _take(member, found)
    return sorted(found.values(), key=lambda member: member.source)


def _spoken(suffixes: Sequence[str]) -> str:
    """Endings for people: those of the same files compressed are not listed."""
    plain = [one for one in suffixes if one.rpartition(".")[0] not in suffixes]
    return ", ".join(plain) + (", compressed or not" if len(plain) < len(suffixes) else "")


def _of_list(entry: Listed, root: str) -> Member:
    with told(entry.path):
        member = local_member(entry.path, root) if is_local(entry.path) else remote_member(entry.path)
    return replace(member, checksum=entry.checksum)


def _take(member: Member, found: dict[str, Member]) -> None:
    key = os.path.realpath(member.path) if is_local(member.path) else member.path
    known = found.get(key)
    if known is None:
        found[key] = member
        return
    if known.checksum and member.checksum and known.checksum != member.checksum:
        raise InputError(member.source, "the list of files tells two checksums of it")
    first = min(known, member, key=lambda one: (one.source.count("/"), one.source))
    found[key] = replace(first, checksum=known.checksum or member.checksum)


def is_local(path: str) -> bool:
    return "::" not in path and protocol_of(path) in ("file", "local")


@contextmanager
def opened(member: Member, *, checked: bool = True) -> Iterator[BinaryIO]:
    """The file of a member, open for reading; errors of the file system become InputErrors.

    A file that changed since it was listed is an error as well: its units would not fit together. So is one that is not
    what its checksum says: unless `checked` is false, all of it is read before it is given, from afar into a copy.
    """
    with told(member.source), ExitStack() as stack:
        if is_local(member.path):
            with Path(member.path).open("rb") as file, Path(member.path).open("rb", buffering=0) as same:
                for number in (file.fileno(), same.fileno()):
                    _refuse_changed(number, member)
                if member.checksum and checked:
                    verify(file, member)
                    file.seek(0)
                yield file
                # Parts of what was read are stored under the file's identity: it must still be the same.
                _refuse_changed(same.fileno(), member)  # some readers close what they have read
        else:
            from_afar = stack.enter_context(_remote_file(member))
            if member.checksum and checked:
                copy = stack.enter_context(TemporaryFile())
                verify(from_afar, member, copy)
                copy.seek(0)
                yield cast(BinaryIO, copy)
            else:
                yield from_afar


def _web_file(url: str, info: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> RawIOBase:
    from gristmill.collect._web import WebFile  # only here: see `web_info`

    return WebFile(url, info, headers)


@contextmanager
def _remote_file(member: Member) -> Iterator[BinaryIO]:
    if pinned := at_commit(member.path):  # it cannot change
        url, headers = hub_request(pinned)
        info = {"size": int(member.identity.partition("-")[0])}
        with BufferedReader(_web_file(url, info, headers), _WEB_BUFFER) as file:
            yield cast(BinaryIO, file)
        return
    if on_web(member.path):
        info = web_info(member.path)
        if is_changed(member.identity, info):
            raise FileChanged
        with BufferedReader(_web_file(member.path, info), _WEB_BUFFER) as file:
            yield cast(BinaryIO, file)
        return
    fs, path = filesystem(member.path)
    if is_changed(member.identity, fs.info(path)):
        raise FileChanged
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
    except FileChanged as error:
        raise InputError(source, _CHANGED) from error
    except PermissionError as error:
        raise InputError(source, "it cannot be read: permission denied") from error
    except OSError as error:
        raise InputError(source, f"it cannot be read: {error.strerror or error}") from error
    except foreign_errors() as error:
        raise InputError(source, f"it cannot be read: {error}") from error
