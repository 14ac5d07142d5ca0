"""Machine code of kernels as it is kept on disk, and how it is loaded without what only a compiler needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompileResult
from numba.core.runtime.nrt import rtsys

_EMPTY: bytes = llvm.parse_assembly("").as_bitcode()
_FOUND: set[str] = set()
"""Names outside of all kernels that were looked up before."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A compiled kernel: what Numba keeps of it, but for two things that are apart, and the names in its code."""

    kept: tuple[Any, ...]
    bitcode: bytes  # which other kernels would take in
    bare: tuple[str, ...]  # environments that hold nothing: of functions it took in
    defined: tuple[str, ...]
    used: tuple[str, ...]


class _Loaded(JITCodeLibrary):  # type: ignore[misc]  # Numba has no types
    """The code of a kernel from disk; that which others take in is made a module when one is compiled."""

    bitcode: bytes

    def _get_module_for_linking(self) -> Any:
        if self.bitcode:
            self._shared_module, self.bitcode = llvm.parse_bitcode(self.bitcode), b""
        return self._shared_module


class _StoredResult(CompileResultCacheImpl):  # type: ignore[misc]  # Numba has no types
    def reduce(self, made: Any) -> Stored:
        """What is kept of a compiled kernel."""
        (name, kind, (machine_code, bitcode)), *others, environments = made._reduce()
        full = tuple(one for one in environments if one.consts)
        symbols = [(one.name, one.is_declaration) for one in _symbols(made.library._final_module)]
        return Stored(
            kept=((name, kind, (machine_code, _EMPTY)), *others, full),
            bitcode=bitcode,
            bare=tuple(one.env_name for one in environments if not one.consts),
            defined=tuple(name for name, elsewhere in symbols if not elsewhere),
            used=tuple(name for name, elsewhere in symbols if elsewhere and not name.startswith("llvm.")),
        )

    def rebuild(self, target: Any, stored: Stored) -> Any:
        """The kernel, ready to be called."""
        rtsys.initialize(target)
        if not all(map(_is_there, stored.used)):
            target.refresh()
        code = target.codegen()
        code._engine._defined_symbols.update(stored.defined)
        made = CompileResult._rebuild(target, *stored.kept)
        for name in stored.bare:  # it must be there, and what it is the environment of would be imported for it
            code.set_env(name, made.environment)
        made.library.__class__, made.library.bitcode = _Loaded, stored.bitcode
        return made


def _symbols(module: Any) -> Iterator[Any]:
    yield from module.functions
    yield from module.global_variables


def _is_there(name: str) -> bool:
    """Whether a name can be linked to already."""
    if name not in _FOUND and llvm.address_of_symbol(name):
        _FOUND.add(name)
    return name in _FOUND


class CodeCache(FunctionCache):  # type: ignore[misc]  # Numba has no types
    """Numba's, but that a kernel is loaded without all that Numba can compile being looked up first.

    That takes longer than to load all kernels of a build, and imports SciPy where it is installed. A compiler asks for
    it by itself.
    """

    _impl_class = _StoredResult

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The kernel for some types, if it was compiled for them before."""
        return self._load_overload(signature, target)
