"""Lists of domains, urls and words, read from their files and made ready for the kernels, once in a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.contracts.list_files import ListFile, unpacked
from gristmill.errors import InputError
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import HashIndex, hash_index
from gristmill.text.list_entries import list_entries
from gristmill.text.list_formats import listed_hosts
from gristmill.text.listed_urls import hash_domains, hash_urls
from gristmill.text.mixing import Hashes
from gristmill.text.subwords import Automaton, automaton
from gristmill.text.url_hosts import with_ascii_hosts
from gristmill.text.url_parts import hosts
from gristmill.text.url_words import hash_words

Mask = npt.NDArray[np.bool_]
Files = tuple[ListFile, ...]

MOST_SUBWORD_BYTES = 1 << 20
"""Of all subwords together: what looks for them at once takes some 150 bytes for each of theirs."""


class Listed(NamedTuple):
    """Entry `k` of those known comes from the file `names[origins[k]]`."""

    known: HashIndex
    origins: npt.NDArray[np.int32]
    names: tuple[str, ...]


class ListedSubwords(NamedTuple):
    """Word `k` of the automaton comes from the file `names[origins[k]]`."""

    words: Automaton
    origins: npt.NDArray[np.int32]
    names: tuple[str, ...]


def _hosted(hashed: Callable[[Bytes, Offsets, Offsets], tuple[Hashes, Mask]]) -> Callable[..., tuple[Hashes, Mask]]:
    """The same hashes, of entries whose hosts may have other spellings than ASCII."""

    def with_odd_hosts(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Hashes, Mask]:
        out, usable = hashed(data, starts, stops)
        odd = np.flatnonzero(hosts(data, starts, stops)[2])
        if len(odd):
            texts = [_text(data, starts[k], stops[k]) for k in odd]
            plain = with_ascii_hosts(pa.array(texts, pa.large_string()))
            out[odd], usable[odd] = hashed(plain.data, plain.offsets[:-1].copy(), plain.offsets[1:].copy())
        return out, usable

    return with_odd_hosts


def _hashed_words(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Hashes, Mask]:
    out, sizes = hash_words(data, starts, stops)
    return out, sizes > 0


_HASHED = {"domain": _hosted(hash_domains), "url": _hosted(hash_urls), "word": _hashed_words}

_FORMATS = "is in no format of a blocklist that is known"

_WANTED = {
    "domain": "is no domain; urls and words have lists of their own",
    "url": "is no url",
    "word": "has no ASCII letter or digit, and can stand in no url",
}


def _text(data: Bytes, start: int, stop: int) -> str:
    return data[start:stop].tobytes().decode("utf-8", "replace")


@lru_cache(maxsize=16)
def listed(kind: str, files: Files) -> Listed:
    """The entries of files of a kind (domain, url, word); of one that stands in several, the first counts.

    Raises InputError where a file cannot be read, has no entry, or was chosen and has a line that is no entry of
    that kind; in a folder such lines are passed over.
    """
    hashes = [np.empty(0, np.uint64)]
    origins = [np.empty(0, np.int32)]
    for number, file in enumerate(files):
        found = _entries(kind, file).hashes
        hashes.append(found)
        origins.append(np.full(len(found), number, np.int32))
    _refuse_empty(files, np.concatenate(origins))
    distinct, first = np.unique(np.concatenate(hashes), return_index=True)
    return Listed(hash_index(distinct), np.concatenate(origins)[first], tuple(file.name for file in files))


@lru_cache(maxsize=4)
def listed_subwords(files: Files) -> ListedSubwords:
    """As `listed`, of words that are looked for anywhere in a url."""
    pieces: list[bytes] = []
    origins: list[int] = []
    for number, file in enumerate(files):
        data, starts, stops, _ = _entries("word", file)
        pieces += [data[start:stop].tobytes() for start, stop in zip(starts, stops, strict=True)]
        origins += [number] * len(starts)
    _refuse_empty(files, np.array(origins, np.int32))
    bounds = np.cumsum([0, *map(len, pieces)]).astype(np.int64)
    if bounds[-1] > MOST_SUBWORD_BYTES:
        raise InputError(
            files[0].name, f"subwords may have {MOST_SUBWORD_BYTES:,} bytes, and these have {bounds[-1]:,}"
        )
    words = automaton(np.frombuffer(b"".join(pieces), np.uint8), bounds[:-1], bounds[1:])
    return ListedSubwords(words, np.array(origins, np.int32), tuple(file.name for file in files))


class _Entries(NamedTuple):
    data: Bytes
    starts: Offsets
    stops: Offsets
    hashes: Hashes


def _entries(kind: str, file: ListFile) -> _Entries:
    """The entries of a file that are of this kind."""
    data = np.frombuffer(unpacked(file), np.uint8)
    found = list_entries(data)
    if kind == "word":
        readable = np.ones(len(found.starts), np.bool_)
    else:
        found, readable = listed_hosts(data, found)
    starts, stops, lines = found
    hashes, usable = _HASHED[kind](data, starts, stops)
    if file.chosen and not (usable & readable).all():
        first = int(np.argmin(usable & readable))
        shown = ascii(_text(data, starts[first], stops[first])[:60])
        wanted = _WANTED[kind] if readable[first] else _FORMATS
        raise InputError(f"{file.name}, line {lines[first]}", f"{shown} {wanted}")
    usable &= readable
    return _Entries(data, starts[usable], stops[usable], hashes[usable])


def _refuse_empty(files: Files, origins: npt.NDArray[np.int32]) -> None:
    """Every path that the recipe gives must have an entry."""
    filled = {files[number].given for number in np.unique(origins)}
    for file in files:
        if file.given not in filled:
            raise InputError(file.given, "has no entry: every line is blank or a comment")
