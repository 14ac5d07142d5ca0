"""Numbers as people read them; a number and its unit are never parted by a line end."""

from __future__ import annotations

_BYTES = ("bytes", "kB", "MB", "GB", "TB", "PB")
_GAP = "\N{NO-BREAK SPACE}"
_SHORT = ("", *(_GAP + prefix for prefix in "kMGT"))


def count(number: int) -> str:
    """`12,345`."""
    return f"{number:,}"


def short(number: float) -> str:
    """Three figures and a decimal prefix: `12.3 k`."""
    return _scaled(number, _SHORT)


def size(bytes: float) -> str:
    """Bytes in decimal units: `1.53 GB`."""
    return f"{bytes:.0f}{_GAP}bytes" if abs(bytes) < 1000 else _scaled(bytes, tuple(_GAP + unit for unit in _BYTES))


def percent(part: float, whole: float) -> str:
    """`59.8 %`; what is not none (all) of the whole is never written as 0 % (100 %)."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return f"<{_GAP}0.1{_GAP}%"
    if 99.9 < share < 100:
        return f">{_GAP}99.9{_GAP}%"
    return f"{share:.1f}{_GAP}%" if 0 < share < 100 else f"{share:.0f}{_GAP}%"


def value(number: float) -> str:
    """A value of a signal: up to four figures, thousands grouped."""
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:,.4g}" if abs(number) < 10_000 else f"{number:,.0f}"


def duration(seconds: float) -> str:
    """`3.2 s`, `4 min 10 s`, `2 h 05 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def _scaled(number: float, units: tuple[str, ...]) -> str:
    at = 0
    while abs(number) >= 999.5 and at < len(units) - 1:
        number /= 1000
        at += 1
    figures = f"{number:.3g}" if abs(number) < 100 else f"{number:.0f}"
    return figures + units[at]
