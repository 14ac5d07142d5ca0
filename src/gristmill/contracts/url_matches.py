"""What of a url stands in which list: numbers for rules, and a line that says it to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gristmill.contracts.url_lists import Files, Listed, ListedSubwords, listed, listed_subwords
from gristmill.text.flat import Flat, flat
from gristmill.text.hits import Hits
from gristmill.text.listed_urls import find_domains, find_urls
from gristmill.text.subwords import find_subwords
from gristmill.text.url_hosts import with_ascii_hosts
from gristmill.text.url_words import find_words

_MOST_NAMED = 6
_LONGEST_NAME = 60
_LONGEST_LABEL = 200  # characters


class Match(NamedTuple):
    """Hits in `text`, called by a noun, and the list that they stand in."""

    noun: str
    text: Flat
    hits: Hits
    found_in: Listed | ListedSubwords


def matches(urls: pa.Array, lists: Mapping[str, Files]) -> dict[str, Match]:
    """By each option that gives a list, what of each url stands in it: domains and urls, and words where given."""
    hosts, plain = with_ascii_hosts(urls), flat(urls)
    domains, addresses = listed("domain", lists["domains"]), listed("url", lists["urls"])
    found = {
        "domains": Match("domain", hosts, find_domains(*hosts, domains.known), domains),
        "urls": Match("url", hosts, find_urls(*hosts, addresses.known), addresses),
    }
    if "hard_words" not in lists:
        return found
    hard, soft = listed("word", lists["hard_words"]), listed("word", lists["soft_words"])
    subwords = listed_subwords(lists["subwords"])
    return found | {
        "hard_words": Match("word", plain, find_words(*plain, hard.known), hard),
        "soft_words": Match("soft word", plain, find_words(*plain, soft.known), soft),
        "subwords": Match("subword", plain, find_subwords(*plain, subwords.words), subwords),
    }


def said(found: Mapping[str, Match], urls: int) -> pa.Array:
    """For each url what matched and in which list, null where nothing did: `domain example.com (lists/bad.txt)`."""
    pieces: dict[int, list[str]] = {}
    for match in found.values():
        for row, piece in _pieces(match):
            mine = pieces.setdefault(row, [])
            if len(mine) < _MOST_NAMED:
                mine.append(piece)
    labels = [_shortened("; ".join(mine), _LONGEST_LABEL) for mine in pieces.values()]
    where = np.full(urls, -1)
    where[list(pieces)] = np.arange(len(labels))
    return pa.array(labels, pa.string()).take(pa.array(where, mask=where < 0))


def categories(found: Mapping[str, Match], urls: int) -> pa.Array:
    """For each url the category of the first list that it stands in, null where it stands in none."""
    labels: list[str | None] = [None] * urls
    for match in found.values():
        names = [_category(name) for name in match.found_in.names]
        for row, entry in zip(match.hits.rows.tolist(), match.hits.entries.tolist(), strict=True):
            labels[row] = labels[row] or names[match.found_in.origins[entry]]
    return pa.array(labels, pa.string())


def _category(name: str) -> str:
    """The folder of a file that is called `domains` or `urls`, as in UT1; else what the file is called."""
    path = PurePosixPath(name)
    stem = path.name.removesuffix(".gz").removesuffix(".txt")
    return path.parent.name if stem in ("domains", "urls") and path.parent.name else stem


def _pieces(match: Match) -> Iterator[tuple[int, str]]:
    noun, text, hits, (_, origins, names) = match
    for row, start, stop, entry in zip(*(column.tolist() for column in hits), strict=True):
        name = text.data[start:stop].tobytes().decode("utf-8", "replace").lower()
        if noun == "subword":
            name = "".join(c for c in name if c.isascii() and c.isalnum())
        name = "".join(c if c.isprintable() else "\ufffd" for c in _shortened(name, _LONGEST_NAME))
        yield row, f"{noun} {name} ({names[origins[entry]]})"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
