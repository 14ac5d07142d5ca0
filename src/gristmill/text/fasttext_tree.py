"""The likeliest label of a fastText model with hierarchical softmax, without a look at the unlikely ones.

Follows facebookresearch/fastText (`loss.cc`), whose search leaves a branch that cannot beat the best label found.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import part

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

LOG_FLOOR = np.float32(1e-5)  # fastText takes log(x + 1e-5) of a probability


class Branches(NamedTuple):
    """Nodes of the tree that are still to be looked at, and the products of probabilities on their paths."""

    nodes: Ints
    chances: Floats


def branches(nodes: int) -> Branches:
    """Room for the search in a tree."""
    return Branches(np.empty(nodes + 1, np.int32), np.empty(nodes + 1, np.float32))


@part
def best_label(left: Ints, right: Ints, outputs: Floats, hidden: Floats, room: Branches) -> tuple[int, np.float32]:
    """The leaf with the highest product of probabilities on its path from the root, the first of equal ones.

    A product grows on its way by LOG_FLOOR for each node at most, so what is below the best by more cannot win.
    """
    leaves = (len(left) + 1) // 2
    most = np.float32(np.exp(2 * np.float64(LOG_FLOOR) * leaves))
    best, highest = -1, np.float32(-1.0)
    room.nodes[0], room.chances[0] = len(left) - 1, 1.0
    waiting = 1
    while waiting:
        waiting -= 1
        node, chance = int(room.nodes[waiting]), room.chances[waiting]
        if chance * most < highest:
            continue
        if left[node] < 0:
            if chance > highest or (chance == highest and node < best):
                best, highest = node, chance
            continue
        activation = np.float32(0.0)
        for i in range(len(hidden)):
            activation += outputs[node - leaves, i] * hidden[i]
        share = np.float32(1.0) / (np.float32(1.0) + np.exp(-activation))
        less, more = chance * (np.float32(1.0) - share + LOG_FLOOR), chance * (share + LOG_FLOOR)
        at = waiting + int(more >= less)  # the likelier one is looked at first
        room.nodes[at], room.chances[at] = right[node], more
        at = waiting + int(more < less)
        room.nodes[at], room.chances[at] = left[node], less
        waiting += 2
    return best, highest
