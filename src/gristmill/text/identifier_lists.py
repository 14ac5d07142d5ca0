"""The lists that texts are looked through for: words that speak of identifiers, beginnings of tokens, account
lengths."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.affixes import FNV_PRIME
from gristmill.text.bit_set import Bits, with_bits
from gristmill.text.eight_bytes import SPACES
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, HashIndex, hash_index
from gristmill.text.jit import small_part
from gristmill.text.mixing import GOLDEN, mixed

FAMILIES = 62
"""Kinds of words that are looked for around an identifier: so many bits has the context of what is found."""

NAMED, AT_WORD, DOT_WORD, BIRTH, SECRET = 57, 58, 59, 60, 61
"""Families that announce: names of values and of secrets, which something is assigned to; words for the signs of a
spelt e-mail address; words of birth."""

_BUCKET_BITS, _LIKELY_BITS = 14, 15

_LETTERS, _DIGITS = string.ascii_letters, string.digits

CHARACTERS = {
    "hex": "0123456789abcdef",
    "upper": string.ascii_uppercase + _DIGITS,
    "alnum": _LETTERS + _DIGITS,
    "word": _LETTERS + _DIGITS + "_-",
    "dotted": _LETTERS + _DIGITS + "_-.",
    "base64": _LETTERS + _DIGITS + "+/=",
    "digits": _DIGITS,
    "uuid": "0123456789abcdefABCDEF-",
    "url": _LETTERS + _DIGITS + "_-./:@%?=&~+",
    "lower": string.ascii_lowercase + _DIGITS,
}
"""Sets of characters that the rest of a prefixed token is made of, by name."""


class Words(NamedTuple):
    """Lists of words and phrases: the hash of each, its family, and whether it is also the beginning of a phrase."""

    likely: Bits
    """A bit for each `sketch`, set where an entry has it: most words of a text end there."""
    table: HashIndex
    families: Offsets
    firsts: npt.NDArray[np.bool_]


class Prefixes(NamedTuple):
    """Beginnings of tokens: entry `i` is `data[bounds[i]:bounds[i + 1]]`, then `low[i]` to `high[i]` bytes of a set.

    `sets[i]` has the bit of that set. Entries of bucket `b`, by their first three bytes, are `entries[first[b]:first[b
    + 1]]`; `likely` has a bit for each bucket, set where it has any.
    """

    likely: Bits
    data: Bytes
    bounds: Offsets
    sets: Offsets
    low: Offsets
    high: Offsets
    first: Offsets
    entries: Offsets


@small_part
def bucket_of(word: np.uint64) -> np.uint64:
    """The bucket of a token, by the first three of its first eight bytes."""
    return (word << np.uint64(40)) * GOLDEN >> np.uint64(64 - _BUCKET_BITS)


@small_part
def sketch(word: np.uint64, size: int) -> np.uint64:
    """A number for a word of `size` bytes, by its first eight (zeros behind a shorter one), the same in either case."""
    folded = (word | SPACES) & (~np.uint64(0) >> np.uint64(64 - 8 * min(size, 8)))
    return (folded ^ np.uint64(size)) * GOLDEN >> np.uint64(64 - _LIKELY_BITS)


def _bucket(raw: bytes) -> int:
    """`bucket_of`, without a kernel: lists are made at import, when none may be compiled."""
    return (int.from_bytes(raw[:3], "little") << 40) * int(GOLDEN) % (1 << 64) >> 64 - _BUCKET_BITS


def _sketch(raw: bytes) -> int:
    """`sketch`, without a kernel."""
    size = len(raw)
    folded = (int.from_bytes(raw[:8], "little") | int(SPACES)) & (1 << 8 * min(size, 8)) - 1
    return (folded ^ size) * int(GOLDEN) % (1 << 64) >> 64 - _LIKELY_BITS


def _folded(phrase: str) -> bytes:
    """As the kernel reads it: words without what stands between, ASCII letters in lower case."""
    return "".join(phrase.split()).encode().lower()


def _hash(raw: bytes) -> int:
    state = int(BEGIN)
    for byte in raw:
        state = (state ^ byte) * FNV_PRIME & (1 << 64) - 1
    return int(mixed(np.uint64(state)))


def words_of(families: Mapping[int, Sequence[str]]) -> Words:
    """Words and phrases of each family, ready for the kernel.

    A phrase also counts written as one word, or with another sign between its words; letters that are not ASCII count
    in the given case, as a title and in capitals. Of a word in East Asian script the first two characters count.
    """
    known: dict[int, int] = {}
    beginnings: set[int] = set()
    sketches: set[int] = set()
    for family, phrases in families.items():
        for phrase in phrases:
            for form in {phrase, phrase.title(), phrase.upper(), phrase.capitalize()}:
                parts = form.split()
                raw = _folded(form)
                known[_hash(raw[:6] if 0xE3 <= raw[0] < 0xEE else raw)] = family
                begun = [_folded(" ".join(parts[:k])) for k in range(1, len(parts))]
                beginnings |= set(map(_hash, begun))
                sketches |= {_sketch(one) for one in (raw, *begun)}
    hashes = np.array(sorted(known.keys() | beginnings), np.uint64)
    families_of = np.array([known.get(int(value), -1) for value in hashes], np.int64)
    firsts = np.array([int(value) in beginnings for value in hashes], np.bool_)
    return Words(with_bits(sketches, 1 << _LIKELY_BITS), hash_index(hashes), families_of, firsts)


class Prefix(NamedTuple):
    """A beginning of at least three bytes, and the rest: `low` to `high` bytes out of a set of CHARACTERS."""

    begin: str
    characters: str
    low: int
    high: int


def prefixes_of(entries: Sequence[Prefix]) -> Prefixes:
    """A list of beginnings, ready for the kernel; of two that fit, the one that is given first counts."""
    raw = [entry.begin.encode() for entry in entries]
    if any(len(one) < 3 for one in raw):
        raise ValueError("a beginning has at least three bytes")
    buckets = np.array([_bucket(one) for one in raw], np.int64)
    return Prefixes(
        with_bits(buckets, 1 << _BUCKET_BITS),
        np.frombuffer(b"".join(raw) or b"\0", np.uint8),
        np.cumsum([0, *map(len, raw)]).astype(np.int64),
        np.array([1 << list(CHARACTERS).index(entry.characters) for entry in entries], np.int64),
        np.array([entry.low for entry in entries], np.int64),
        np.array([entry.high for entry in entries], np.int64),
        np.searchsorted(np.sort(buckets), np.arange((1 << _BUCKET_BITS) + 1)).astype(np.int64),
        np.argsort(buckets, kind="stable"),
    )


def sets_of_characters() -> npt.NDArray[np.uint16]:
    """For each byte the sets of CHARACTERS that it is in, a bit each."""
    sets = np.zeros(256, np.uint16)
    for bit, characters in enumerate(CHARACTERS.values()):
        sets[np.frombuffer(characters.encode(), np.uint8)] |= np.uint16(1 << bit)
    return sets


def lengths_of(countries: Mapping[str, int]) -> Offsets:
    """The length of an IBAN of each country (two letters), ready for the kernel."""
    lengths = np.zeros(26 * 26, np.int64)
    for country, length in countries.items():
        lengths[(ord(country[0]) - 65) * 26 + ord(country[1]) - 65] = length
    return lengths
