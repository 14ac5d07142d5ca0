"""The one place that says how a kernel is compiled, and where the machine code is kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import event
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Flags
from numba.core.registry import CPUDispatcher
from numba.core.types.misc import unliteral

from gristmill.text.quick_compiler import KernelCompiler
from gristmill.text.stored_code import CodeCache

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


class _Heard(event.Listener):  # type: ignore[misc]  # Numba has no types
    def __init__(self, compiles: Callable[[], None]) -> None:
        self._compiles = compiles

    def on_start(self, event: object) -> None:
        self._compiles()

    def on_end(self, event: object) -> None:
        pass


@contextmanager
def heard_compiling(compiles: Callable[[], None]) -> Iterator[None]:
    """While this runs, `compiles` is called before each function that is compiled, and not loaded from disk."""
    with event.install_listener("numba:compile", _Heard(compiles)):
        yield


def _dispatcher(function: Callable[..., object], **options: object) -> Any:
    options = {"pipeline_class": KernelCompiler} | options
    dispatcher: Any = numba.njit(nogil=True, no_cfunc_wrapper=True, **options)(function)
    _take_no_literals(dispatcher)
    dispatcher._compiler._customize_flags = _QuickFlags
    return dispatcher


def _kept(dispatcher: Any, folder: Path) -> Any:
    """The same function, its code kept in a folder."""
    before = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = os.fspath(folder)  # read while the cache is made, then put back
    try:
        dispatcher._cache = CodeCache(dispatcher.py_func)
    finally:
        _CONFIG.CACHE_DIR = before
    return dispatcher


class _QuickFlags(Flags):  # type: ignore[misc]  # Numba has no types
    """Flags that are compared at once: Numba does so for each call and operator that it finds the types of.

    Its own, which come to the same, look all options up one by one.
    """

    def __hash__(self) -> int:
        return 0  # they share the stretch of a key, whose other parts tell it from others

    def values(self) -> dict[str, object]:
        """All options, as Numba has it."""
        found: dict[str, object] = _DEFAULTS | self._values
        return found


_DEFAULTS: dict[str, object] = {name: option.default for name, option in Flags.options.items()}


class _PartLibrary(JITCodeLibrary):  # type: ignore[misc]  # Numba has no types
    """The code of a part as it was lowered. The kernels that take it in optimise it, and make machine code of it."""

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True


class _PartCompiler(KernelCompiler):
    def __init__(
        self, typing: Any, target: Any, library: None, args: Any, returned: Any, flags: Any, kinds: Any
    ) -> None:
        flags.no_compile = True
        super().__init__(typing, target, _PartLibrary(target.codegen(), "part"), args, returned, flags, kinds)


class _Part(CPUDispatcher):  # type: ignore[misc]  # Numba has no types
    """A function for kernels alone, which is optimised once in each of them, and not by itself before.

    Where Python calls it all the same, as tests do, it is compiled for that.
    """

    def add_overload(self, compiled: Any) -> None:
        """Know a function by what it is, as it has no address of its own."""
        compiled = compiled._replace(entry_point=(self.py_func, compiled.signature))
        self.targetctx.insert_user_function(compiled.entry_point, compiled.fndesc, [compiled.library])
        self.overloads[tuple(compiled.signature.args)] = compiled

    def __call__(self, *args: object) -> object:
        whole: Any = self.__dict__.get("_whole")
        if whole is None:
            whole = self._whole = _kept(_dispatcher(self.py_func, _nrt=False), _CACHE / "called")
        return whole(*args)


def _take_no_literals(dispatcher: Any) -> None:
    """Have kernels call a function compiled for any number, where they would each have one for a literal of theirs.

    What begins at 0 and is counted up in a loop is a literal, too, when Numba first looks at the loop, so it would
    compile all that is handed a count twice. LLVM still sees the literals where it puts a function into its caller.
    """
    resolve = dispatcher.get_call_template

    def get_call_template(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return resolve(tuple(map(unliteral, args)), {name: unliteral(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = get_call_template


def _part(function: F, *, inline: bool = False) -> F:
    dispatcher = _dispatcher(
        function, _nrt=False, forceinline=inline, no_cpython_wrapper=True, pipeline_class=_PartCompiler
    )
    dispatcher.__class__ = _Part
    return cast(F, dispatcher)


def kernel(function: F) -> F:
    """Compile at the first call, never at import; keep the code on disk; run without the GIL."""
    return cast(F, _kept(_dispatcher(function), _CACHE))


def part(function: F) -> F:
    """Compile a function that kernels call: it makes no arrays, so it is spared the counting of references.

    Each call would else raise and lower the count of every array it is given, by atomic instructions: 15 of the 23 ns
    of a small function of three arrays.
    """
    return _part(function)


def small_part(function: F) -> F:
    """Compile a `part` into every caller, as is worth the longer compilation for a few lines run for each word or byte.

    A call hands over every array as seven values, most of them through memory.
    """
    return _part(function, inline=True)
