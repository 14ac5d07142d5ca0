"""Pieces of LaTeX that formulas in XML are written with."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_NAMES = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi",
    "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "∞": "infty", "∂": "partial",
    "∇": "nabla", "∑": "sum", "∏": "prod", "∫": "int", "∬": "iint", "∭": "iiint", "∮": "oint", "√": "surd",
    "±": "pm", "∓": "mp", "×": "times", "÷": "div", "⋅": "cdot", "·": "cdot", "∗": "ast", "∘": "circ", "⊗": "otimes",
    "⊕": "oplus", "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx", "≡": "equiv", "∼": "sim", "≃": "simeq",
    "≅": "cong", "∝": "propto", "≪": "ll", "≫": "gg", "∈": "in", "∉": "notin", "⊂": "subset", "⊆": "subseteq",
    "⊃": "supset", "∪": "cup", "∩": "cap", "∅": "emptyset", "∖": "setminus", "∀": "forall", "∃": "exists", "¬": "neg",
    "∧": "wedge", "∨": "vee", "→": "to", "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇐": "Leftarrow",
    "⇔": "Leftrightarrow", "↦": "mapsto", "…": "ldots", "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "′": "prime",
    "ℏ": "hbar", "ℓ": "ell", "⟨": "langle", "⟩": "rangle", "〈": "langle", "〉": "rangle", "‖": "|", "∣": "mid",
    "{": "{", "}": "}", "%": "%", "&": "&", "#": "#", "$": "$", "⊥": "perp", "∥": "parallel", "∠": "angle",
    "†": "dagger", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil",
}  # fmt: skip

_FUNCTIONS = frozenset((
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "log", "ln",
    "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "ker", "gcd", "arg", "deg", "Pr", "limsup", "liminf",
))  # fmt: skip


def letters(text: str) -> str:
    """What stands in a formula as letters, signs and numbers, with LaTeX's names for those that have one."""
    plain = _straight(text)
    if plain in _FUNCTIONS:
        return f"\\{plain}"
    named = [f"\\{_NAMES[char]}" if char in _NAMES else char for char in plain]
    joined = ""
    for part in named:
        # A name ends at the first that is no letter.
        parted = len(joined) > 1 and "\\" in joined[-16:] and joined[-1].isalpha() and part[:1].isalpha()
        joined += f" {part}" if parted else part
    return joined


def _straight(text: str) -> str:
    """Mathematical italics and the like as the letters that they are."""
    if text.isascii():
        return text
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    # Mathematical Alphanumeric Symbols are compatibility forms of the letters.
    if char == "\u2212":
        return "-"
    return unicodedata.normalize("NFKC", char) if "\U0001d400" <= char <= "\U0001d7ff" else char


def group(text: str, *, always: bool = False) -> str:
    """In braces, where it is more than one sign."""
    body = text.strip()
    if not always and (len(body) == 1 or (body[:1] == "\\" and body[1:].isalpha())):
        return body
    return f"{{{body}}}"


def matrix(rows: Sequence[Sequence[str]]) -> str:
    """A matrix; one of a single column and row is its cell."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    body = " \\\\ ".join(" & ".join(row) for row in rows)
    return f"\\begin{{matrix}} {body} \\end{{matrix}}"
