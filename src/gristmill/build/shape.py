"""How records of several texts are built: their turns, who has them in which order, and how long each is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.turnwise import turns_of
from gristmill.contracts.view import View

MOST_ORDERS = 1000
"""Orders of roles that are told apart in a part; the rest, which are rare, are counted together."""

OTHER = "other"
_REPEATED = re.compile(r"(?P<pair>(?P<one>.)(?!(?P=one)).)(?P=pair)+|(?P<same>.)(?P=same)+")


REPEATED = "…"


def order_of(roles: str) -> str:
    """Roles with what follows itself written once: `suauaua` is `s(ua)…`, and `uttta` is `ut…a`."""
    return _REPEATED.sub(
        lambda found: (f"({found['pair']})" if found["pair"] else str(found["same"])) + REPEATED, roles
    )


@dataclass(slots=True)
class Shape:
    """Counts that can be added up over parts."""

    orders: Counter[str] = field(default_factory=Counter)  # records by the order of their roles
    turns: Counter[int] = field(default_factory=Counter)  # records by how many turns they have
    lengths: dict[str, Counter[int]] = field(default_factory=dict)  # turns of a role, by bits of their characters
    characters: Counter[str] = field(default_factory=Counter)  # of all turns of a role

    def add(self, batch: pa.RecordBatch) -> None:
        """Records as they are delivered."""
        roles = pc.fill_null(batch.column("roles"), "")
        for counted in pc.value_counts(roles).to_pylist():
            letters, count = counted["values"], counted["counts"]
            self.turns[len(letters)] += count
            self.orders[order_of(letters)] += count
        found = turns_of(View(batch))
        sizes = pc.utf8_length(found.texts).to_numpy(zero_copy_only=False).astype(np.int64)
        bits = np.frexp(sizes.astype(np.float64))[1]
        for role in np.unique(found.roles).tolist():
            mine = found.roles == role
            name = chr(role)
            numbers, counts = np.unique(bits[mine], return_counts=True)
            self.lengths.setdefault(name, Counter()).update(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))
            self.characters[name] += int(sizes[mine].sum())

    def merge(self, told: Mapping[str, Any]) -> None:
        """Add what `as_json` gave."""
        self.orders.update(told["orders"])
        self.turns.update({int(turns): count for turns, count in told["turns"].items()})
        for role, counts in told["lengths"].items():
            self.lengths.setdefault(role, Counter()).update({int(bits): count for bits, count in counts.items()})
        self.characters.update(told["characters"])

    def as_json(self) -> dict[str, Any]:
        orders = sorted(self.orders.items(), key=lambda item: (item[0] == OTHER, -item[1], item[0]))
        kept, rest = dict(orders[:MOST_ORDERS]), sum(count for _, count in orders[MOST_ORDERS:])
        if rest:
            kept[OTHER] = kept.get(OTHER, 0) + rest
        return {
            "orders": kept,
            "turns": {str(turns): count for turns, count in sorted(self.turns.items())},
            "lengths": {
                role: {str(bits): count for bits, count in sorted(counts.items())}
                for role, counts in sorted(self.lengths.items())
            },
            "characters": dict(sorted(self.characters.items())),
        }
