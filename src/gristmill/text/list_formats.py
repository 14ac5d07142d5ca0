"""The hosts and urls in the lines of public blocklists: hosts files, AdBlock, dnsmasq, Unbound, CSV, or one a line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    AT_SIGN,
    BANG,
    CARET,
    CLOSE_BRACKET,
    COLON,
    COMMA,
    DOLLAR,
    DOT,
    HASH,
    OPEN_BRACKET,
    PERCENT,
    PIPE,
    QUESTION,
    QUOTE,
    SLASH,
    SPACE,
    is_digit,
    is_hex,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.list_entries import Entries
from gristmill.text.url_parts import folded


def _word(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


_ADDRESS, _SERVER, _LOCAL = _word("address=/"), _word("server=/"), _word("local=/")
_ZONE, _DATA, _CLAUSE = _word("local-zone:"), _word("local-data:"), _word("server:")
_HTTP, _HTTPS, _FTP, _URL = _word("http://"), _word("https://"), _word("ftp://"), _word("url")
_ALL, _DOC, _DOCUMENT, _IMPORTANT = _word("all"), _word("doc"), _word("document"), _word("important")


@part
def _begins(data: Bytes, start: int, stop: int, word: Bytes) -> bool:
    same = stop - start >= len(word)
    for k in range(len(word) if same else 0):
        same &= folded(data[start + k]) == folded(word[k])
    return same


@part
def _is(data: Bytes, start: int, stop: int, word: Bytes) -> bool:
    return stop - start == len(word) and _begins(data, start, stop, word)


@part
def _until(data: Bytes, start: int, stop: int, byte: int) -> int:
    """Where `byte` first stands, or white space where it is a space; `stop` where neither does."""
    while start < stop and data[start] != byte and not (byte == SPACE and data[start] < SPACE):
        start += 1
    return start


@part
def _after_spaces(data: Bytes, start: int, stop: int) -> int:
    while start < stop and data[start] <= SPACE:
        start += 1
    return start


@part
def _is_address(data: Bytes, start: int, stop: int) -> bool:
    """Whether it looks like an IP address, a zone (`%lo0`) behind it or not."""
    stop = _until(data, start, stop, PERCENT)
    dots = colons = 0
    letters = False
    for at in range(start, stop):
        dots += data[at] == DOT
        colons += data[at] == COLON
        letters |= is_hex(data[at]) and not is_digit(data[at])
        if data[at] != DOT and data[at] != COLON and not is_hex(data[at]):
            return False
    return colons >= 2 or (dots == 3 and colons == 0 and not letters)


@part
def _is_heading(data: Bytes, start: int, stop: int) -> bool:
    """Whether it is in brackets, and no IPv6 address: `[Adblock Plus 2.0]`."""
    if data[start] != OPEN_BRACKET or data[stop - 1] != CLOSE_BRACKET:
        return False
    for at in range(start + 1, stop - 1):  # noqa: SIM110 - a kernel takes no generator
        if data[at] != DOT and data[at] != COLON and not is_hex(data[at]):
            return True
    return False


@part
def _hides_elements(data: Bytes, start: int, stop: int) -> bool:
    """Whether it is a rule on parts of a page: `##`, `#@#`, `#?#` or `#$#` before any slash."""
    for at in range(start, stop - 1):
        if data[at] == SLASH:
            return False
        if data[at] == HASH:
            after = data[at + 1]
            marked = after in (AT_SIGN, QUESTION, DOLLAR)
            if after == HASH or (marked and at + 2 < stop and data[at + 2] == HASH):
                return True
    return False


@part
def _put(out: Offsets, total: int, start: int, stop: int, line: int) -> int:
    if total < out.shape[1]:
        out[0, total] = start
        out[1, total] = stop
        out[2, total] = line
    return total + 1


@part
def _speaks_of_pages(data: Bytes, start: int, stop: int) -> bool:
    """Whether options of an AdBlock rule leave it standing for whole pages, whoever asks for them."""
    while start < stop:
        end = _until(data, start, stop, COMMA)
        known = _is(data, start, end, _ALL) or _is(data, start, end, _DOC) or _is(data, start, end, _DOCUMENT)
        if not known and not _is(data, start, end, _IMPORTANT):
            return False
        start = end + 1
    return True


@part
def _of_pipes(data: Bytes, start: int, stop: int, line: int, out: Offsets, total: int) -> int:
    """`||host^` or `||host/path`, options behind it or not; a rule on parts of pages is passed over."""
    dollar = _until(data, start, stop, DOLLAR)
    if not _speaks_of_pages(data, dollar + 1, stop):
        return total
    end = _until(data, start, dollar, CARET)
    return _put(out, total, start, end, line) if end >= dollar - 1 else total


@part
def _of_hosts(data: Bytes, start: int, stop: int, line: int, out: Offsets, total: int) -> int:
    """The names behind an address; those without a dot (`localhost`) and addresses are the machine's own."""
    while start < stop and data[start] != HASH:
        end = _until(data, start, stop, SPACE)
        if _until(data, start, end, DOT) < end and not _is_address(data, start, end):
            total = _put(out, total, start, end, line)
        start = _after_spaces(data, end, stop)
    return total


@part
def _of_dnsmasq(data: Bytes, start: int, stop: int, line: int, out: Offsets, total: int) -> int:
    """Every name that a slash stands behind: `address=/host/other/0.0.0.0`."""
    end = _until(data, start, stop, SLASH)
    if end == stop:
        return _put(out, total, -1, stop, line)
    while end < stop:
        if end > start and data[start] != HASH:
            total = _put(out, total, start, end, line)
        start = end + 1
        end = _until(data, start, stop, SLASH)
    return total


@part
def _of_unbound(data: Bytes, start: int, stop: int, line: int, out: Offsets, total: int) -> int:
    """`local-zone: "host" static` and `local-data: "host A 0.0.0.0"`."""
    start = _after_spaces(data, start, stop)
    if start < stop and data[start] == QUOTE:
        start += 1
    end = min(_until(data, start, stop, SPACE), _until(data, start, stop, QUOTE))
    return _put(out, total, start, end, line) if end > start else _put(out, total, -1, stop, line)


@part
def _of_table(data: Bytes, start: int, stop: int, line: int, out: Offsets, total: int) -> int:
    """The first field that is a url; of a heading nothing, of other lines without one what cannot be read."""
    while start < stop:
        quoted = data[start] == QUOTE
        start += quoted
        end = _until(data, start, stop, QUOTE if quoted else COMMA)
        if _begins(data, start, end, _HTTP) or _begins(data, start, end, _HTTPS) or _begins(data, start, end, _FTP):
            return _put(out, total, start, end, line)
        if _is(data, start, end, _URL):
            return total
        start = _until(data, end, stop, COMMA) + 1
    return _put(out, total, -1, stop, line)


@part
def _is_table(data: Bytes, start: int, stop: int) -> bool:
    """Whether it begins as a line of URLhaus (`"1","2024-...`) or PhishTank (`1,http...`, `phish_id,url`) does."""
    if data[start] == QUOTE:
        return True
    at = start
    while at < stop and is_digit(data[at]):
        at += 1
    if at < stop and at > start and data[at] == COMMA:
        return True
    comma = _until(data, start, stop, COMMA)
    return _is(data, comma + 1, _until(data, comma + 1, stop, COMMA), _URL)


@part
def _of_line(data: Bytes, start: int, stop: int, line: int, out: Offsets, total: int) -> int:
    if data[start] == BANG or _is_heading(data, start, stop) or _hides_elements(data, start, stop):
        return total
    if stop - start > 1 and data[start] == AT_SIGN and data[start + 1] == AT_SIGN:
        return total
    if data[start] == PIPE:
        if stop - start > 1 and data[start + 1] == PIPE:
            return _of_pipes(data, start + 2, stop, line, out, total)
        return _put(out, total, -1, stop, line)
    if _begins(data, start, stop, _ADDRESS):
        return _of_dnsmasq(data, start + len(_ADDRESS), stop, line, out, total)
    if _begins(data, start, stop, _SERVER):
        return _of_dnsmasq(data, start + len(_SERVER), stop, line, out, total)
    if _begins(data, start, stop, _LOCAL):
        return _of_dnsmasq(data, start + len(_LOCAL), stop, line, out, total)
    if _begins(data, start, stop, _ZONE) or _begins(data, start, stop, _DATA):
        return _of_unbound(data, start + len(_ZONE), stop, line, out, total)
    if _is(data, start, stop, _CLAUSE):
        return total
    if _is_table(data, start, stop):
        return _of_table(data, start, stop, line, out, total)
    end = _until(data, start, stop, SPACE)
    behind = _after_spaces(data, end, stop)
    if behind < stop and data[behind] != HASH and _is_address(data, start, end):
        return _of_hosts(data, behind, stop, line, out, total)
    return _put(out, total, start, end if behind < stop and data[behind] == HASH else stop, line)


@kernel
def _read(data: Bytes, starts: Offsets, stops: Offsets, lines: Offsets, out: Offsets) -> int:
    total = 0
    for k in range(len(starts)):
        total = _of_line(data, starts[k], stops[k], lines[k], out, total)
    return total


def listed_hosts(data: Bytes, entries: Entries) -> tuple[Entries, npt.NDArray[np.bool_]]:
    """What the lines of a blocklist list, line by line in whichever format it is, and whether each could be read.

    A line that could not is there with all that stands on it. Comments (`!`, ` #`), headings, AdBlock's exceptions and
    rules on parts of pages (`##`, options such as `$third-party`) list nothing.
    """
    nothing = np.empty((3, 0), np.int64)
    out = np.empty((3, _read(data, *entries, nothing)), np.int64)
    _read(data, *entries, out)
    found = Entries(*out)
    readable = found.starts >= 0
    whole = entries.starts[np.searchsorted(entries.lines, found.lines)]
    return found._replace(starts=np.where(readable, found.starts, whole)), readable
