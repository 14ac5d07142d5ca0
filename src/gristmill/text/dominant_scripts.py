"""In which script most letters of a text are written."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import ALPHA, Table, characters, decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.measures import Counts

UNKNOWN, NONE = "Zzzz", "Zyyy"
"""ISO 15924: a script that is not among ours, and a text without letters."""

_BLOCKS: tuple[tuple[int, str], ...] = (
    *((0x0000, "Latn"), (0x0250, "Latn"), (0x02B0, UNKNOWN), (0x0370, "Grek"), (0x0400, "Cyrl"), (0x0530, "Armn")),
    *((0x0590, "Hebr"), (0x0600, "Arab"), (0x0700, UNKNOWN), (0x0750, "Arab"), (0x0780, UNKNOWN), (0x08A0, "Arab")),
    *((0x0900, "Deva"), (0x0980, "Beng"), (0x0A00, "Guru"), (0x0A80, "Gujr"), (0x0B00, "Orya"), (0x0B80, "Taml")),
    *((0x0C00, "Telu"), (0x0C80, "Knda"), (0x0D00, "Mlym"), (0x0D80, "Sinh"), (0x0E00, "Thai"), (0x0E80, "Laoo")),
    *((0x0F00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang"), (0x1200, "Ethi"), (0x13A0, UNKNOWN)),
    *((0x1780, "Khmr"), (0x1800, "Mong"), (0x18B0, UNKNOWN), (0x1C80, "Cyrl"), (0x1C90, "Geor"), (0x1CC0, UNKNOWN)),
    *((0x1E00, "Latn"), (0x1F00, "Grek"), (0x2000, UNKNOWN), (0x2DE0, "Cyrl"), (0x2E00, UNKNOWN), (0x3005, "Hani")),
    *((0x3008, UNKNOWN), (0x3040, "Kana"), (0x3100, UNKNOWN), (0x3130, "Hang"), (0x3190, UNKNOWN), (0x31F0, "Kana")),
    *((0x3200, UNKNOWN), (0x3400, "Hani"), (0x4DC0, UNKNOWN), (0x4E00, "Hani"), (0xA000, UNKNOWN), (0xA640, "Cyrl")),
    *((0xA6A0, UNKNOWN), (0xAC00, "Hang"), (0xD800, UNKNOWN), (0xF900, "Hani"), (0xFB00, "Latn"), (0xFB13, UNKNOWN)),
    *((0xFB1D, "Hebr"), (0xFB50, "Arab"), (0xFE00, UNKNOWN), (0xFE70, "Arab"), (0xFEFF, UNKNOWN), (0xFF21, "Latn")),
    *((0xFF5B, UNKNOWN), (0xFF66, "Kana"), (0xFFA0, UNKNOWN), (0x20000, "Hani"), (0x40000, UNKNOWN)),
)
"""Where blocks of a script begin, after Blocks.txt of Unicode 16.0; only letters in them are counted."""

_CODES = tuple(sorted({script for _, script in _BLOCKS}))
_STARTS = np.array([start for start, _ in _BLOCKS], np.int64)
_SCRIPTS = np.array([_CODES.index(script) for _, script in _BLOCKS], np.int64)
_LATIN, _HAN, _KANA = (_CODES.index(script) for script in ("Latn", "Hani", "Kana"))

KANA_SHARE = 0.1
"""With this share of kana among kana and ideographs, a text is Japanese (Jpan), not ideographs (Hani)."""

Names = npt.NDArray[np.object_]


@part
def _block_of(code: int, starts: Offsets) -> int:
    """The block that a code point is in, by halving."""
    low = 0
    high = len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= code:
            low = middle
        else:
            high = middle
    return low


@kernel
def _letters(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    starts: Offsets,
    scripts: Offsets,
    latin: int,
    table: Table,
    out: Counts,
) -> None:
    for i in range(len(rows)):
        at = offsets[rows[i]]
        stop = offsets[rows[i] + 1]
        low = len(starts)
        high = 0  # the block of the letter before, which mostly has the next one too
        block = 0
        while at < stop:
            if data[at] < 0x80:
                out[i, latin] += int(0x61 <= data[at] | 0x20 <= 0x7A)
                at += 1
                continue
            code, at = decode(data, at, stop)
            if not flags_of(code, table) & ALPHA:
                continue
            if not low <= code < high:
                block = _block_of(code, starts)
                low = starts[block]
                high = starts[block + 1] if block + 1 < len(starts) else 0x110000
            out[i, scripts[block]] += 1


def dominant_scripts(data: Bytes, offsets: Offsets, rows: Offsets) -> Names:
    """The ISO 15924 code of the script that most letters of each asked row are in; of equals the first by code.

    Ideographs with kana are Japanese (`Jpan`); `Zyyy` is a text without letters, `Zzzz` one in another script.
    """
    counts = np.zeros((len(rows), len(_CODES)), np.int64)
    _letters(data, offsets, rows, _STARTS, _SCRIPTS, _LATIN, characters(), counts)
    kana, han = counts[:, _KANA].copy(), counts[:, _HAN].copy()
    japanese = kana > KANA_SHARE * (kana + han)
    counts[:, _KANA] = np.where(japanese, kana + han, 0)
    counts[:, _HAN] = np.where(japanese, 0, kana + han)
    names = np.array([*("Jpan" if code == "Kana" else code for code in _CODES), NONE], object)
    best = np.where(counts.any(axis=1), counts.argmax(axis=1), len(_CODES))
    found: Names = names[best]
    return found
