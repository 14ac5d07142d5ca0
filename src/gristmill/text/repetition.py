"""Characters in repeated n-grams, as four published implementations of Gopher's rules count them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.character_counts import characters_in
from gristmill.text.commonest_ngrams import commonest
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.joined_runs import leapt_over, may_come_again, short_enough
from gristmill.text.many_bytes import wide_enough
from gristmill.text.ngrams import (
    LAST_TOP,
    SIZES,
    Counts,
    Room,
    group,
    lengthen,
    only_marked,
    only_repeated,
    pairs,
    room_for,
    start,
)
from gristmill.text.words import Words

DATATROVE, NEMO, DOLMA, DCLM = range(4)

Table = npt.NDArray[np.int64]

_LEAST, _MOST = SIZES.start, SIZES.stop - 1


@part
def _reads(data: Bytes, at: int, wanted: int, wanted_stop: int) -> bool:
    """Whether the bytes from `at` on are those of `data[wanted:wanted_stop]`."""
    if at + wanted_stop - wanted > len(data):
        return False
    for k in range(wanted_stop - wanted):  # noqa: SIM110
        if data[at + k] != data[wanted + k]:
            return False
    return True


@part
def _replaceable(data: Bytes, words: Words, at: int, gram: int, n: int, text_stop: int) -> int:
    """Where the gram, joined by spaces, ends in the text if its first word ends where word `at` does; else -1."""
    end = words.stops[at]
    first = words.stops[gram] - words.starts[gram]
    if end - words.starts[at] < first or not _reads(data, end - first, words.starts[gram], words.stops[gram]):
        return -1
    for k in range(gram + 1, gram + n):
        length = words.stops[k] - words.starts[k]
        if (
            end + 1 + length > text_stop
            or data[end] != 32
            or not _reads(data, end + 1, words.starts[k], words.stops[k])
        ):
            return -1
        end += 1 + length
    return int(end)


@part
def replaced(data: Bytes, words: Words, begin: int, end: int, gram: int, n: int, text_stop: int) -> int:
    """How often `str.replace` finds the gram that begins at word `gram`, joined by spaces, in words `begin` to `end`.

    The first space of the gram can only lie where a word ends, so only word ends are tried, and of these only those
    with the same bytes around them.
    """
    found = 0
    free = 0
    first = words.stops[gram] - words.starts[gram]
    before, after = data[np.uint64(words.stops[gram] - 1)], data[np.uint64(words.starts[gram + 1])]
    for at in range(begin, end - n + 1):
        space = words.stops[at]
        if space + 1 >= text_stop or data[np.uint64(space + 1)] != after or data[np.uint64(space - 1)] != before:
            continue
        if space - first >= free:
            stop = _replaceable(data, words, at, gram, n, text_stop)
            if stop >= 0:
                found += 1
                free = stop
    return found


@part
def later_copies(n: int, looked: int, room: Room) -> int:
    """NeMo Curator: words of second and later copies, and the spaces in them, a word counted once."""
    found = 0
    last = -n
    for k in range(looked):
        position = room.at[k]
        if room.first[k] == k:
            continue
        over = max(n - (position - last), 0)
        found += room.chars[position + n] - room.chars[position + over] + min(n - over, n - 1)
        last = position
    return found


@part
def all_copies(n: int, looked: int, room: Room) -> int:
    """Dolma: characters of every gram that comes more than once, overlaps counted again."""
    found = 0
    for k in range(looked):
        position = room.at[k]
        if room.counts[room.first[k]] > 1:
            found += room.chars[position + n] - room.chars[position]
    return found


@part
def covered(n: int, looked: int, room: Room) -> int:
    """DCLM: characters of the words that lie in any gram that comes more than once, a word counted once."""
    found = 0
    done = 0
    for k in range(looked):
        position = room.at[k]
        if room.counts[room.first[k]] > 1:
            found += room.chars[position + n] - room.chars[max(position, done)]
            done = position + n
    return found


@part
def _top(
    style: int, n: int, looked: int, most: int, data: Bytes, offsets: Offsets, row: int, words: Words, room: Room
) -> int:
    times, best = commonest(n, looked, most, style == DCLM, room)
    chars = room.chars[best + n] - room.chars[best]
    if style == DATATROVE:
        return int(times * (chars + n - 1))
    if style == NEMO:
        begin, end = words.offsets[row], words.offsets[row + 1]
        found = replaced(data, words, begin, end, begin + best, n, offsets[row + 1])
        return int(found * (chars + n - 1))
    if style == DCLM and times == 1:
        return 0
    return int(times * chars)


@part
def _repeated(style: int, n: int, looked: int, room: Room) -> int:
    if style == NEMO:
        return int(later_copies(n, looked, room))
    if style == DOLMA:
        return int(all_copies(n, looked, room))
    return int(covered(n, looked, room))


@part
def _one_text(style: int, data: Bytes, offsets: Offsets, row: int, words: Words, room: Room, out: Counts) -> None:
    begin, end = words.offsets[row], words.offsets[row + 1]
    total = start(data, words.starts, words.stops, begin, end, room)
    looked = 0
    for n in range(_LEAST, min(_MOST if style != DATATROVE else LAST_TOP, total) + 1):
        looked, shift = lengthen(n, total, looked, room) if n > 2 else pairs(total, room)
        looked, most = only_marked(looked, shift, room)
        if n <= LAST_TOP:
            out[n - _LEAST] = _top(style, n, looked, most, data, offsets, row, words, room)
        else:
            group(looked, room)
            out[n - _LEAST] = _repeated(style, n, looked, room)
            looked = only_repeated(looked, room)
    if style == DATATROVE and total > LAST_TOP:
        looked = may_come_again(LAST_TOP + 1, total, room)
        for n in range(LAST_TOP + 1, min(_MOST, total) + 1):
            looked = short_enough(n, total, looked, room)
            out[n - _LEAST] = leapt_over(n, total, looked, room)


@part
def _wholes(style: int, text_chars: int, total: int, chars: Counts, out: Counts) -> None:
    """What the characters are a share of: the text, its words, or all its grams of a size."""
    for n in range(_LEAST, _MOST + 1):
        if style in (DATATROVE, NEMO):
            out[n - _LEAST] = text_chars
        elif style == DOLMA and n > LAST_TOP:
            whole = 0
            for k in range(total - n + 1):
                whole += chars[k + n] - chars[k]
            out[n - _LEAST] = whole
        else:
            out[n - _LEAST] = chars[total]


@kernel
def _all_texts(
    style: int,
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    words: Words,
    room: Room,
    parts: Table,
    wholes: Table,
) -> None:
    for k in range(len(rows)):
        row = rows[k]
        text_chars = characters_in(data, offsets[row], offsets[row + 1])
        _one_text(style, data, offsets, row, words, room, parts[k])
        _wholes(style, text_chars, words.offsets[row + 1] - words.offsets[row], room.chars, wholes[k])


def repeated_characters(style: int, data: Bytes, offsets: Offsets, rows: Offsets, words: Words) -> tuple[Table, Table]:
    """For each row and each of SIZES: characters in the commonest (repeated) n-grams, and what they are a share of.

    A text with fewer words than a size has 0 of it. `style` is DATATROVE, NEMO, DOLMA or DCLM.
    """
    longest = int((words.offsets[rows + 1] - words.offsets[rows]).max(initial=1))
    largest = int((offsets[rows + 1] - offsets[rows]).max(initial=1))
    parts = np.zeros((len(rows), len(SIZES)), np.int64)
    wholes = np.zeros((len(rows), len(SIZES)), np.int64)
    if len(rows):
        room = room_for(longest, largest)
        _all_texts(style, wide_enough(data), offsets, rows, words, room, parts, wholes)
    return parts, wholes
