"""Memory that a worker frees stays with it for its next batch: else the system clears the same pages again and again.

Every batch asks for arrays of its own size anew. By default the C library gives each of them back when it is freed,
and Arrow's own allocator soon after: a tenth of a build's time went into clearing pages that had just been given back.
"""

from __future__ import annotations

import contextlib
import ctypes

import pyarrow as pa

# malloc.h of the GNU C library, mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 256 << 20  # bytes that are free and kept, at most; larger arrays are given back when they are freed


def keep_freed_memory() -> None:
    """For the rest of this process. Changes nothing where the C library is not GNU's."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        if mallopt(_MMAP_THRESHOLD, _KEPT) and mallopt(_TRIM_THRESHOLD, _KEPT):
            pa.set_memory_pool(pa.system_memory_pool())


def give_back_freed_memory() -> None:
    """To the system, what is kept so far."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
