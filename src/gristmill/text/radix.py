"""Long arrays of numbers in order by counting their digits: a tenth of the time that sorting by comparing takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.distinct import distinct_values
from gristmill.text.flat import Offsets, unwritten
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes

Order = npt.NDArray[np.int64]

_DIGIT = 11  # bits: as many counts as fit into the fastest memory
_MOVES = 16  # for each value on average: more would be made only where hashes are no hashes
_SLOTS = 4  # for each key, at least
_MARKS = 64  # for each value, a byte each: still faster than sorting


@kernel
def _one_digit(values: Hashes, order: Order, shift: np.uint64, out: Hashes, out_order: Order) -> None:
    mask = np.uint64((1 << _DIGIT) - 1)
    begins = np.zeros((1 << _DIGIT) + 1, np.int64)
    for value in values:
        begins[((value >> shift) & mask) + np.uint64(1)] += 1
    for k in range(1, len(begins)):
        begins[k] += begins[k - 1]
    for k in range(len(values)):
        digit = (values[k] >> shift) & mask
        at = begins[digit]
        begins[digit] = at + 1
        out[at] = values[k]
        out_order[at] = order[k]


def ascending_order(values: npt.NDArray[np.int64] | Hashes) -> Order:
    """The order in which numbers that are not negative ascend, equal ones as they come."""
    order = np.arange(len(values), dtype=np.int64)
    if not len(values):
        return order
    now = np.ascontiguousarray(values).view(np.uint64)
    then, other = np.empty_like(now), np.empty_like(order)
    for shift in range(0, int(now.max()).bit_length(), _DIGIT):
        _one_digit(unwritten(now), order, np.uint64(shift), then, other)
        # The values that came in are not ours to write to.
        now, then = then, now if shift else np.empty_like(now)
        order, other = other, order
    return order


@kernel
def _perhaps_shared(keys: Hashes, slots: Hashes, kept: Hashes, places: Order) -> int:
    """Move the keys to `kept` that may come more than once: those with another one in their slot.

    A slot is two bits, zeros at first: whether it has a key, and whether it has more. Few keys have one in common that
    are not the same, and all slots lie in fast memory, which the keys do not when they are put into buckets.
    """
    one, two, five, last = np.uint64(1), np.uint64(2), np.uint64(5), np.uint64(31)
    mask = np.uint64(32 * len(slots) - 1)
    for key in keys:
        at, bit = (key & mask) >> five, (key & last) * two
        slot = slots[at] >> bit
        slots[at] |= (one | (slot & one) << one) << bit
    count = np.uint64(0)
    for k in range(len(keys)):
        key = keys[k]
        kept[count], places[count] = key, k
        count += slots[(key & mask) >> five] >> ((key & last) * two + one) & one
    return int(np.int64(count))


@kernel
def _spread(keys: Hashes, shift: np.uint64, begins: Offsets, out: Hashes, places: Order) -> None:
    """Put the keys into buckets of their leading bits."""
    for key in keys:
        begins[(key >> shift) + np.uint64(1)] += 1
    for k in range(1, len(begins)):
        begins[k] += begins[k - 1]
    for k in range(len(keys)):
        bucket = keys[k] >> shift
        at = begins[bucket]
        begins[bucket] = at + 1
        out[at] = keys[k]
        places[at] = k


@kernel
def _inserted(keys: Hashes, places: Order) -> bool:
    """Put keys in order that are so but for their buckets; False where it would take too long."""
    left = _MOVES * len(keys)
    for k in range(1, len(keys)):
        key, place = keys[k], places[k]
        at = k
        while at and keys[at - 1] > key:
            keys[at], places[at] = keys[at - 1], places[at - 1]
            at -= 1
        keys[at], places[at] = key, place
        left -= k - at
        if left < 0:
            return False
    return True


@kernel
def _shared(keys: Hashes, places: Order) -> int:
    """Move keys that come more than once, which ascend, to the beginning; returns how many they are."""
    found = 0
    begin = 0
    for end in range(1, len(keys) + 1):
        if end == len(keys) or keys[end] != keys[begin]:
            if end - begin > 1:
                for k in range(begin, end):
                    keys[found], places[found] = keys[k], places[k]
                    found += 1
            begin = end
    return found


def shared_keys(keys: Hashes) -> tuple[Hashes, Order]:
    """The keys that come more than once, ascending, and the place of each, ascending in a key.

    Keys should be hashes, evenly spread over 64 bits; where they are not, it takes as long as sorting.
    """
    slots = np.zeros(max(1 << (_SLOTS * len(keys)).bit_length() >> 5, 1), np.uint64)
    kept, kept_places = np.empty(len(keys), np.uint64), np.empty(len(keys), np.int64)
    kept = kept[: _perhaps_shared(np.ascontiguousarray(keys), slots, kept, kept_places)]
    bits = max(len(kept).bit_length() - 1, 1)
    begins = np.zeros((1 << bits) + 1, np.int64)
    out, places = np.empty(len(kept), np.uint64), np.empty(len(kept), np.int64)
    _spread(kept, np.uint64(64 - bits), begins, out, places)
    if not _inserted(out, places):
        places = np.argsort(kept, kind="stable")
        out = kept[places]
    found = _shared(out, places)
    return out[:found], kept_places[places[:found]]


def once_each(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each value once, ascending: by marking them, where they lie so close together that the marks are few."""
    if not len(values):
        return values
    low, high = int(values.min()), int(values.max())
    if high - low > _MARKS * len(values):
        return distinct_values(values)
    there = np.zeros(high - low + 1, np.bool_)
    there[values - low] = True
    return np.flatnonzero(there) + low
