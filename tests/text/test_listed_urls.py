"""Urls looked up in lists of domains and urls, against the same in plain Python."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gristmill.text.flat import Flat, flat
from gristmill.text.hash_index import HashIndex, hash_index
from gristmill.text.list_entries import list_entries
from gristmill.text.listed_urls import find_domains, find_urls, hash_domains, hash_urls
from gristmill.text.url_parts import hosts

PIECES = [
    *("http://", "HTTPS://", "//", "ftp:", ":", "://", "@", "u:p@", "[", "]", "[::1]"),
    *("a", "B", "www.", "WWW", ".", "..", "a.b", "b.a.", "1.2.3.4", "3.4", "7", ":80", ":443", ":8080"),
    *("/", "//", "\\", "?", "#", "/a", "/A/b", "?a=/b", "#x", " ", "\t", "é", "*.", "-"),
]
URLS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)

FOLDED = str.maketrans({"\\": "/", **{chr(c): chr(c + 32) for c in range(65, 91)}})
BLANK = "".join(map(chr, range(33)))


def view_of(texts: list[str]) -> Flat:
    """The texts, not at the beginning of their buffer."""
    return flat(pa.array(["front", *texts], pa.large_string()).slice(1))


def plain_parts(url: str) -> tuple[str, str, str]:
    """Host, port with its colon, and the rest, all in lower case."""
    url = url.strip(BLANK).translate(FOLDED)
    url = re.sub(r"^([a-z0-9+.-]+:)?//+", "", url)
    authority, rest = re.match(r"([^/?#]*)(.*)", url, re.DOTALL).groups()
    authority = authority.rpartition("@")[2]
    bracket = re.match(r"\[[^]]*", authority)
    at = authority.find(":", bracket.end() if bracket else 0)
    host, port = (authority, "") if at < 0 else (authority[:at], authority[at:])
    return host.rstrip("."), port, rest


def plain_levels(url: str) -> list[str]:
    """Every name that a list of domains may have for this url, the shortest first."""
    host = plain_parts(url)[0]
    labels = host.split(".")
    if not host or re.fullmatch("[0-9]+", labels[-1]):
        return [host] if host else []
    return [".".join(labels[at:]) for at in range(len(labels) - 1, -1, -1)]


def plain_url(url: str) -> str:
    """A url as a list may have it."""
    host, port, rest = plain_parts(url)
    if host.startswith("www.") and host != "www.":
        host = host[4:]
    rest = rest.partition("#")[0].rstrip("/")
    return f"{host}{'' if port in (':', ':80', ':443') else port}{rest}"


def plain_prefixes(url: str) -> list[str]:
    if not plain_parts(url)[0]:
        return []
    whole = plain_url(url)
    path = whole.partition("?")[0]
    ends = {match.start() for match in re.finditer("/", path)} | {len(path)}
    return [whole[:at] for at in sorted(ends)] + ([whole] if whole != path else [])


def indexed(hashes: np.ndarray) -> tuple[HashIndex, np.ndarray]:
    distinct, first = np.unique(hashes, return_index=True)
    return hash_index(distinct), first


@settings(deadline=None)
@given(st.lists(URLS, max_size=4))
@example(["https://u:p@www.Example.com.:80/x?y@z"])
def test_hosts_are_found_where_plain_python_finds_them(urls: list[str]) -> None:
    text = view_of(urls)
    starts, stops, odd = hosts(text.data, text.offsets[:-1].copy(), text.offsets[1:].copy())
    for url, start, stop, strange in zip(urls, starts, stops, odd, strict=True):
        host = text.data[start:stop].tobytes().decode().translate(FOLDED)
        assert host == plain_parts(url)[0]
        assert strange == (host.startswith("[") or not host.isascii())


@settings(deadline=None, max_examples=300)
@given(st.lists(URLS, max_size=5), st.lists(URLS, max_size=5))
def test_domains_match_as_in_plain_python(urls: list[str], entries: list[str]) -> None:
    listed = view_of(entries)
    hashes, usable = hash_domains(listed.data, listed.offsets[:-1].copy(), listed.offsets[1:].copy())
    known, first = indexed(hashes[usable])
    names = [plain_parts(entry.lstrip(".*"))[0] for entry, good in zip(entries, usable, strict=True) if good]
    text = view_of(urls)
    hits = find_domains(*text, known)
    found = [(row, names[first[entry]]) for row, entry in zip(hits.rows, hits.entries, strict=True)]
    wanted = [(row, level) for row, url in enumerate(urls) for level in plain_levels(url) if level in names]
    assert found == wanted
    spans = [text.data[a:b].tobytes().decode().translate(FOLDED) for a, b in zip(hits.starts, hits.stops, strict=True)]
    assert spans == [level for _, level in wanted]


@settings(deadline=None, max_examples=300)
@given(st.lists(URLS, max_size=5), st.lists(URLS, max_size=5))
def test_urls_match_as_in_plain_python(urls: list[str], entries: list[str]) -> None:
    listed = view_of(entries)
    hashes, usable = hash_urls(listed.data, listed.offsets[:-1].copy(), listed.offsets[1:].copy())
    known, first = indexed(hashes[usable])
    names = [plain_url(entry) for entry, good in zip(entries, usable, strict=True) if good]
    hits = find_urls(*view_of(urls), known)
    found = [(row, names[first[entry]]) for row, entry in zip(hits.rows, hits.entries, strict=True)]
    assert found == [(row, start) for row, url in enumerate(urls) for start in plain_prefixes(url) if start in names]


@pytest.mark.parametrize(
    ("entry", "usable"),
    [
        *[(entry, True) for entry in ("example.com", "*.example.com", ".example.com", "http://example.com/")],
        *[(entry, False) for entry in ("example.com/bad", "0.0.0.0 example.com", "2001:db8::1", "*", "/", "a b")],
    ],
)
def test_only_a_host_alone_is_an_entry_of_domains(entry: str, usable: bool) -> None:
    text = view_of([entry])
    assert hash_domains(text.data, text.offsets[:-1].copy(), text.offsets[1:].copy())[1].tolist() == [usable]


def test_many_more_hits_than_there_was_room_for_are_all_there() -> None:
    listed = view_of(["a", "b.a"])
    known, _ = indexed(hash_domains(listed.data, listed.offsets[:-1].copy(), listed.offsets[1:].copy())[0])
    hits = find_domains(*view_of(["http://b.a/"] * 5000), known)
    assert hits.counts(5001).tolist() == [2] * 5000 + [0]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 1000])
def test_an_index_of_any_size_knows_its_own_and_no_other(size: int) -> None:
    listed = view_of([f"host{number}.example" for number in range(size)])
    known, _ = indexed(hash_domains(listed.data, listed.offsets[:-1].copy(), listed.offsets[1:].copy())[0])
    hits = find_domains(*view_of([f"https://host{number}.example/" for number in range(size + 500)]), known)
    assert hits.rows.tolist() == list(range(size))


LINES = st.lists(st.sampled_from(["a", " b ", "", "#", " # c", "d # e", "\r", "\t", "\0", "é", "\x0b"]), max_size=9)


@settings(deadline=None)
@given(LINES, st.booleans(), st.booleans())
def test_entries_of_a_file_are_those_of_plain_python(lines: list[str], mark: bool, last: bool) -> None:
    body = ("\ufeff" * mark + "\n".join(lines) + "\n" * last).encode()
    data = np.frombuffer(body, np.uint8)
    starts, stops, numbers = list_entries(data)
    found = [(number, body[start:stop].decode()) for number, start, stop in zip(numbers, starts, stops, strict=True)]
    stripped = [(number, line.strip(BLANK)) for number, line in enumerate(lines, 1)]
    assert found == [(number, line) for number, line in stripped if line and not line.startswith("#")]
