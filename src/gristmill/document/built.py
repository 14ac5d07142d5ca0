"""How delivered records of several texts are built: turns, their order, how long each side is, languages, labels."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from collections.abc import Mapping

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import ShapeEntry
from gristmill.document import figures
from gristmill.document.charts import Column, Tick, bar, columns
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, table
from gristmill.document.visible import shown
from gristmill.records.turns import CALL, REASONING, RESULT, ROLE_NAMES, SYSTEM

_MOST_ORDERS, _MOST_LANGUAGES, _MOST_LABELS = 10, 8, 14
_TURNS = 20
"""A chart of turns ends here; longer records are in its last column."""

_HALF, _MOST = 0.5, 0.95


def section(build: Finished) -> Section | None:
    """None where records are documents, or none was kept."""
    shape = build.manifest.shape
    if shape is None or not shape.turns:
        return None
    kind = build.manifest.kind
    cards = [_languages(build), _labels(build)]
    if kind != "example":
        cards += [_turns(shape) if len(shape.turns) > 1 else None, _orders(shape) if len(shape.orders) > 1 else None]
    body = [_facts(shape, kind), _lengths(shape), tag("div", "cards", *(card for card in cards if card))]
    lead = f"The {kind}s that were delivered: who speaks, in which order, and how much."
    return Section("built", f"How the {kind}s are built", lead, join(body))


def _facts(shape: ShapeEntry, kind: str) -> Html:
    records = sum(shape.turns.values())
    texts = sum(turns * count for turns, count in shape.turns.items())
    told = [
        (f"{kind}s", figures.count(records)),
        ("texts in one" if kind == "example" else "turns in one", f"{texts / records:.3g} on average"),
        ("characters in one", f"{figures.short(sum(shape.characters.values()) / records)} on average"),
    ]
    if kind != "example" and len(shape.orders) == 1:
        told.append(("all are", " ".join(map(_spelt, shape.orders))))
    for name, roles in (("system prompt", SYSTEM), ("reasoning", REASONING), ("tools", CALL + RESULT)):
        count = sum(count for order, count in shape.orders.items() if set(order) & set(roles))
        if count:
            told.append((f"with {name}", f"{figures.count(count)} ({figures.percent(count, records)})"))
    return facts(told)


def _lengths(shape: ShapeEntry) -> Html:
    """A row for each role: how many turns, and how long they are, by powers of two."""
    every = sum(shape.characters.values())
    rows = []
    for role, name in ROLE_NAMES.items():
        counts = shape.lengths.get(role)
        if not counts:
            continue
        turns = sum(counts.values())
        rows.append(
            [
                name,
                figures.count(turns),
                figures.count(counts.get(0, 0)),
                _below(counts, _HALF),
                _below(counts, _MOST),
                figures.short(shape.characters[role] / turns),
                figures.percent(shape.characters[role], every),
            ]
        )
    heads = (
        "whose",
        "turns",
        "empty",
        "half have at most",
        "95 % at most",
        "characters on average",
        "of all text",
    )
    return table(heads, rows, numbers=range(1, len(heads)))


def _below(counts: Mapping[int, int], share: float) -> str:
    """The bound of a power of two that so many lengths are within."""
    rest = share * sum(counts.values())
    for bits, count in sorted(counts.items()):
        rest -= count
        if rest <= 0:
            return figures.count((1 << bits) - 1)
    return "–"


def _turns(shape: ShapeEntry) -> Html:
    counted = [0] * (_TURNS + 1)
    for turns, count in shape.turns.items():
        counted[min(turns, _TURNS)] += count
    used = [turns for turns, count in enumerate(counted) if count]
    every = range(used[0], used[-1] + 1)
    width = 100 / len(every)
    names = [f"{turns}+" if turns == _TURNS else str(turns) for turns in every]
    bars = [
        Column(width * at + width * 0.1, width * 0.8, count, count, f"{name} turns: {count:,}")
        for at, (name, count) in enumerate(zip(names, counted[every.start : every.stop], strict=True))
    ]
    ticks = [Tick(width * (at + 0.5), name) for at, name in enumerate(names)]
    return _card("Turns", "Records by how many turns they have.", columns(bars, ticks, name="share", label="turns"))


def _orders(shape: ShapeEntry) -> Html:
    orders = sorted(shape.orders.items(), key=lambda item: (-item[1], item[0]))
    records = sum(shape.orders.values())
    lines = [
        tag(
            "div",
            "label",
            tag("span", {"title": _spelt(order)}, _spelt(order)),
            bar(100 * count / orders[0][1], [("kept", 100 * count / orders[0][1])]),
            tag("span", "n", figures.count(count)),
        )
        for order, count in orders[:_MOST_ORDERS]
    ]
    rest = sum(count for _, count in orders[_MOST_ORDERS:])
    if rest:
        told = f"{figures.count(rest)} records ({figures.percent(rest, records)}) are in one of"
        lines.append(tag("p", "note", f"{told} {len(orders) - _MOST_ORDERS} other orders"))
    return _card("Order of turns", "… stands behind what is repeated.", join(lines))


def _spelt(order: str) -> str:
    """`s(ua)…` as `system (user assistant)…`."""
    out: list[str] = []
    for letter in order:
        if letter in ROLE_NAMES:
            gap = " " if out and out[-1].strip() != "(" else ""
            out.append(gap + ROLE_NAMES[letter])
        else:
            out.append(" (" if letter == "(" and out else letter)
    return "".join(out) or "nothing" if order != "other" else order


def _labels(build: Finished) -> Html | None:
    """How many delivered examples have each label, the most frequent and the rarest."""
    columns_ = [step.column("label") for step in build.manifest.steps if step.step == "example_rules"]
    column = next((name for name in columns_ if name in build.signal_columns), None)
    if column is None:
        return None
    rows = build.query(
        f"""
        SELECT {identifier(column)} AS label, count(*) AS n FROM measured
        WHERE fate = 'kept' AND label IS NOT NULL GROUP BY ALL ORDER BY n DESC, label
        """
    )
    if not rows:
        return None
    most = rows[0][1]
    drawn = rows if len(rows) <= _MOST_LABELS else [*rows[: _MOST_LABELS - 4], *rows[-4:]]
    lines = [
        tag(
            "div",
            "label",
            tag("span", None, shown(label, 60)),
            bar(100 * count / most, [("kept", 100 * count / most)]),
            tag("span", "n", figures.count(count)),
        )
        for label, count in drawn
    ]
    about = f"{figures.count(len(rows))} labels; the most frequent is {most / rows[-1][1]:.3g} times the rarest."
    more = f" {len(rows) - len(drawn)} between them are not shown." if len(drawn) < len(rows) else ""
    return _card("Labels", about + more, join(lines))


def _languages(build: Finished) -> Html | None:
    """Which language is answered in, for what is asked in which, where two lines told the language of each."""
    told = [step for step in build.manifest.steps if step.column("language") in build.signal_columns]
    if len(told) < 2:
        return None
    first, second = told[:2]
    rows = build.query(
        f"""
        SELECT coalesce({identifier(first.column("language"))}, 'none') AS a,
               coalesce({identifier(second.column("language"))}, 'none') AS b, count(*) AS n
        FROM measured WHERE fate = 'kept' GROUP BY ALL ORDER BY n DESC, a, b
        """
    )
    sums: dict[str, int] = {}
    for a, b, count in rows:
        for name in {a, b}:
            sums[name] = sums.get(name, 0) + count
    names = sorted(sums, key=lambda name: (-sums[name], name))[:_MOST_LANGUAGES]
    cells = {(a, b): count for a, b, count in rows}
    lines = [
        [shown(a, 20), *(figures.count(cells[a, b]) if (a, b) in cells else "·" for b in names)]
        for a in names
        if any((a, b) in cells for b in names)
    ]
    about = f"Rows are {first.name}, columns {second.name}; the most frequent languages of delivered records."
    heads = ("", *(shown(name, 20) for name in names))
    return _card("Languages", about, table(heads, lines, numbers=range(1, len(heads))))


def _card(title: str, about: str, body: Html) -> Html:
    return tag("article", "card", tag("h4", None, title, tag("span", None, about)), body)
