"""What a split came to, for the certificate: records and groups of each set, and what could not be kept whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gristmill.build.fingerprint import settings
from gristmill.build.split_groups import Summed
from gristmill.contracts.splitting import IN_GAP, NO_TIME, UNDATED, Groups, Numbers, SplitStep
from gristmill.recipe.plan import CorpusLine


def split_summary(
    line: CorpusLine, step: SplitStep, summed: Summed, assigned: Numbers, told: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """What the assignment came to, for the certificate."""
    groups, records = summed.groups, summed.records
    total = float(groups.weight.sum())
    wanted = step.wanted
    held = assigned >= 0
    weights = np.bincount(assigned[held], groups.weight[held], len(step.names))
    counts = np.bincount(assigned[held], records[held], len(step.names))
    numbers = np.bincount(assigned[held], minlength=len(step.names))
    absent = np.sum(np.array(told, np.int64).reshape(-1, len(step.groups) + 1), axis=0)
    moved = (summed.parted < groups.before) & (groups.before >= 0)
    borders = [round(moment.timestamp() * 1e6) for moment in step.moments]
    return {
        "step": line.name,
        "measure": step.measure,
        "settings": settings(step),
        "groups": list(step.groups),
        "splits": [
            {
                "name": name,
                "wanted": None if wanted is None else wanted[at],
                "share": float(weights[at]) / total if total else 0.0,
                "weight": float(weights[at]),
                "records": int(counts[at]),
                "groups": int(numbers[at]),
            }
            for at, name in enumerate(step.names)
        ],
        "records": int(records.sum()),
        "groups_found": len(groups),
        "largest_group": int(records.max(initial=0)),
        "largest_weight": float(groups.weight.max(initial=0)),
        "strata": len(np.unique(groups.stratum)),
        "absent": {name: int(absent[at]) for at, name in enumerate(step.groups)},
        "in_gap": int(records[assigned == IN_GAP].sum()),
        "undated": int(records[groups.latest == NO_TIME].sum()) if borders else 0,
        "undated_dropped": int(records[assigned == UNDATED].sum()),
        "spanning": spanning(groups, borders) if borders else 0,
        "joined_groups": int(moved.sum()),
    }


def spanning(groups: Groups, borders: Sequence[int]) -> int:
    """How many groups have members on both sides of a border."""
    sides = [np.searchsorted(np.array(borders), times, side="right") for times in (groups.earliest, groups.latest)]
    return int(((sides[0] != sides[1]) & (groups.latest != NO_TIME)).sum())
