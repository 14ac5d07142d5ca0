"""The reference page of every input, step and output, from their classes.

`python -m gristmill.recipe.reference > docs/reference.md` brings the page up to date.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from gristmill.contracts import catalog
from gristmill.recipe.describe import Kind, Option, kinds, options
from gristmill.recipe.model import Dropped, Limits

_TITLES: dict[catalog.Family, str] = {"readers": "Inputs", "steps": "Steps", "sinks": "Outputs"}

_OPENING = """\
# Reference

Everything that can stand in a recipe; how one is put together is in [recipes.md](recipes.md). Options marked * are
thresholds: changing one decides anew from the signals that are stored, without touching a text.
This page is generated: `python -m gristmill.recipe.reference > docs/reference.md`.
"""


def reference() -> str:
    """The page, in Markdown, for the kinds that are part of Gristmill; plug-ins have pages of their own."""
    parts = [_OPENING]
    ours = {family: [kind for kind in kinds(family) if _is_ours(family, kind.name)] for family in _TITLES}
    seen: Counter[str] = Counter()
    for family, title in _TITLES.items():
        links = ", ".join(f"[{kind.name}]({_anchor(kind.name, seen)})" for kind in ours[family])
        parts.append(f"{title}: {links}.\n")
    for family, title in _TITLES.items():
        parts.append(f"## {title}\n")
        parts += ["\n".join(_page(kind)) for kind in ours[family]]
    parts.append("## dropped and limits\n")
    parts.append("\n".join(["### dropped\n", *_options(options(Dropped)), "### limits\n", *_options(options(Limits))]))
    return "\n".join(parts).rstrip() + "\n"


def _anchor(heading: str, seen: Counter[str]) -> str:
    """GitHub's anchor of a heading: one that comes again is numbered."""
    before = seen[heading]
    seen[heading] += 1
    return f"#{heading}-{before}" if before else f"#{heading}"


def _is_ours(family: catalog.Family, name: str) -> bool:
    return catalog.names(family)[name].startswith("gristmill.")


def _page(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name}\n"
    yield f"*{kind.shape}, in {kind.room}.* {kind.summary}\n"
    if kind.about:
        yield f"{kind.about}\n"
    yield from _options(kind.options)
    if kind.signals:
        rows = [(f"`{s.name}`" + (" (a column too)" if s.column else ""), s.kind, s.description) for s in kind.signals]
        yield from _table(("signal", "kind", "what it is"), rows)
    yield from _rules(kind)


def _options(found: Sequence[Option]) -> Iterator[str]:
    rows = [
        (f"`{option.name}`{'*' if option.decides else ''}", option.type, f"`{option.default}`", option.description)
        for option in found
    ]
    yield from _table(("option", "type", "default", "what it does"), rows)


def _rules(kind: Kind) -> Iterator[str]:
    """Rules as a table: a row a rule, a column a variant."""
    if not any(kind.rules.values()):
        return
    variants = [variant for variant, rules in kind.rules.items() if rules]
    by_variant = {variant: {rule.reason: rule for rule in kind.rules[variant]} for variant in variants}
    reasons = list(dict.fromkeys(chain.from_iterable(by_variant.values())))
    rows = []
    for reason in reasons:
        having = [by_variant[variant].get(reason) for variant in variants]
        signals = dict.fromkeys(f"`{rule.signal}`" for rule in having if rule)
        bounds = ["" if rule is None else rule.bound for rule in having]
        rows.append((f"`{reason}`", ", ".join(signals), *bounds))
    named = [f"stays where ({variant})" if variant else "stays where" for variant in variants]
    yield from _table(("reason", "signal", *named), rows)
    if kind.sources:
        yield "Sources: " + "; ".join(kind.sources) + ".\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(reference())
