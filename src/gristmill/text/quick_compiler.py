"""How Numba compiles kernels: by the passes that they need, and with the types of a call looked up once.

Numba's own compiler is for all of Python that it knows. It takes in closures, unrolls loops over tuples, prunes
branches, fuses the expressions of arrays, keeps notes for people, and after each pass works out anew where every
variable lives. Kernels have none of these, and looking for them took a third of the time to compile them.
"""

from __future__ import annotations

import operator
from types import BuiltinFunctionType
from typing import Any

from numba.core import typed_passes, types, untyped_passes
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.ir import UNDEFINED
from numba.core.lowering import Lower
from numba.core.targetconfig import ConfigStack
from numba.core.types.misc import unliteral
from numba.core.typing import Context


class _Lower(Lower):  # type: ignore[misc]  # Numba has no types
    def lower_binop(self, resty: Any, expr: Any, op: Any) -> Any:
        """Code for an operator, of the signature that it was found to have: Numba finds it once more."""
        signature = self.fndesc.calltypes[expr]
        named = self.context.typing_context.resolve_value_type(op)
        found = signature.args in named._impl_keys  # of `+=` on numbers, that of `+` may not have been looked for
        if not found or not (expr.static_lhs is expr.static_rhs is UNDEFINED):
            return super().lower_binop(resty, expr, op)
        operands = [
            self.context.cast(self.builder, self.loadvar(one.name), self.typeof(one.name), kind)
            for one, kind in zip((expr.lhs, expr.rhs), signature.args, strict=True)
        ]
        result = self.context.get_function(named, signature)(self.builder, operands)
        return self.context.cast(self.builder, result, signature.return_type, resty)


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(typed_passes.NativeLowering):  # type: ignore[misc]  # Numba has no types
    _name = "kernel_lowering"

    @property
    def lowering_class(self) -> type[Lower]:
        return _Lower


_PASSES = (
    untyped_passes.TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.GenericRewrites,  # which item of a tuple is taken, and what is raised, are constants
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
    typed_passes.InlineOverloads,  # Numba has bool() as one
    typed_passes.IRLegalization,
    _Lowering,
    typed_passes.NoPythonBackend,
)
_OPERATORS = frozenset(one for one in vars(operator).values() if isinstance(one, BuiltinFunctionType))
_ARITHMETIC = (_OPERATORS | {abs, bool, float, int, max, min}) - {
    operator.eq,  # these two Numba works out for numbers that it knows
    operator.ne,
}


class _Passes(PassManager):  # type: ignore[misc]  # Numba has no types
    """Passes each of which leaves a function in the order the next one needs, so that nobody else has to."""

    _ENFORCING = False


class _Typing(Context):  # type: ignore[misc]  # Numba has no types
    """All that Numba knows of types, shared with it, and what calls have come to so far.

    Numba tries whatever goes by a name for each `+` and each `[]` anew, though nearly all are of types met before.
    """

    def __init__(self, known: Context) -> None:
        self.__dict__ = known.__dict__
        self.__dict__.setdefault("calls_met", {})

    def __hash__(self) -> int:
        return id(self.__dict__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Context) and self.__dict__ is other.__dict__

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """The signature of a call."""
        if kws or not isinstance(func, types.Function | types.NumberClass):
            return super().resolve_function_type(func, args, kws)
        call: tuple[Any, ...] = func, tuple(args), ConfigStack.top_or_none()
        if all(isinstance(one, types.Number) for one in args) and _is_arithmetic(func):
            # Neither the values nor the caller say what comes of it, so what Numba has for it is compiled once.
            call = func, tuple(map(unliteral, args))
        met = self.calls_met
        if call not in met:
            met[call] = super().resolve_function_type(func, call[1], kws)
        return met[call]


def _is_arithmetic(func: Any) -> bool:
    return isinstance(func, types.NumberClass) or func.typing_key in _ARITHMETIC


class KernelCompiler(CompilerBase):  # type: ignore[misc]  # Numba has no types
    """A compiler of kernels.

    A function with closures, comprehensions, `with`, or arguments that may be None is more than it takes.
    """

    def __init__(
        self, typing: Any, target: Any, library: Any, args: Any, returned: Any, flags: Any, kinds: Any
    ) -> None:
        super().__init__(_Typing(typing), target, library, args, returned, flags, kinds)

    def define_pipelines(self) -> list[PassManager]:
        """The passes, as Numba wants them."""
        passes = _Passes("kernel")
        for one in _PASSES:
            passes.add_pass(one, one.__name__)
        passes.finalize()
        return [passes]
