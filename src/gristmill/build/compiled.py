"""What was compiled before on this machine: a mark beside the kernels for each line, input and output.

A mark spares a build the look whether all of its kernels are there. Its name holds what may have other kernels called:
the settings but for thresholds, the kind of record, our version, and the processor, since a home may be that of
several machines. So some of what has no mark is compiled all the same, and that is found out by trying.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import llvmlite.binding as llvm

from gristmill import __version__
from gristmill.build.fingerprint import fingerprint
from gristmill.build.warm import Warmed
from gristmill.contracts.step import Step
from gristmill.recipe.model import Line
from gristmill.records.kinds import Kind
from gristmill.text.jit import cache_folder


def is_compiled(one: Warmed, kind: Kind) -> bool:
    """Whether it was made ready before, for records of this kind."""
    return _mark(one, kind).exists()


def note_compiled(one: Warmed, kind: Kind) -> None:
    """Leave its mark. Where that cannot be written, it is tried again the next time."""
    mark = _mark(one, kind)
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _mark(one: Warmed, kind: Kind) -> Path:
    if isinstance(one, Line):
        what: list[object] = [type(one.step).__module__, Step.computing_settings(one.step), one.of]
    elif isinstance(one, type):
        what = [one.__module__]
    else:
        what = [type(one).__module__, one.model_dump(mode="json")]
    name = fingerprint(what, kind, __version__, llvm.get_host_cpu_name())
    return cache_folder() / "compiled" / name
