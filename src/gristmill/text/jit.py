"""The one place that says how a kernel is compiled, and where the machine code is kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.types.misc import unliteral

F = TypeVar("F", bound=Callable[..., object])

_CONFIG: Any = numba.config


def cache_folder() -> Path:
    """Where compiled kernels are kept: a folder named for the sources of all kernels.

    Numba checks the file a kernel stands in, not those of the kernels it calls (numba/numba#1833).
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    digest.update(numba.__version__.encode())
    if _CONFIG.BOUNDSCHECK:
        digest.update(b"boundscheck")  # Numba's own key does not hold this flag
    caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    root = Path(_CONFIG.CACHE_DIR or caches / "gristmill" / "kernels")
    return root.expanduser() / digest.hexdigest()[:16]


_CACHE = cache_folder()


def is_compiled() -> bool:
    """Whether kernels were compiled on this machine before; the folder alone is made by importing one."""
    return any(_CACHE.glob("**/*.nbc"))


def _compiled(function: F, *, counts: bool, inline: bool = False) -> F:
    before = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = os.fspath(_CACHE)  # read while the decorator runs, then put back
    try:
        dispatcher: Any = numba.njit(cache=True, nogil=True, _nrt=counts, forceinline=inline)(function)
    finally:
        _CONFIG.CACHE_DIR = before
    _take_no_literals(dispatcher)
    return cast(F, dispatcher)


def _take_no_literals(dispatcher: Any) -> None:
    """Have kernels call a function compiled for any number, where they would each have one for a literal of theirs.

    What begins at 0 and is counted up in a loop is a literal, too, when Numba first looks at the loop, so it would
    compile all that is handed a count twice. LLVM still sees the literals where it puts a function into its caller.
    """
    resolve = dispatcher.get_call_template

    def get_call_template(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return resolve(tuple(map(unliteral, args)), {name: unliteral(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = get_call_template


def kernel(function: F) -> F:
    """Compile at the first call, never at import; keep the code on disk; run without the GIL."""
    return _compiled(function, counts=True)


def part(function: F) -> F:
    """Compile a function that kernels call: it makes no arrays, so it is spared the counting of references.

    Each call would else raise and lower the count of every array it is given, by atomic instructions: 15 of the 23 ns
    of a small function of three arrays.
    """
    return _compiled(function, counts=False)


def small_part(function: F) -> F:
    """Compile a `part` into every caller, as is worth the longer compilation for a few lines run for each word or byte.

    A call hands over every array as seven values, most of them through memory.
    """
    return _compiled(function, counts=False, inline=True)
