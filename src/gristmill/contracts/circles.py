"""Circles in a directed graph: what no ranking can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Node = TypeVar("Node", int, str)


def circles(graph: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Sets of three or more nodes that all lead to each other, by Tarjan's algorithm (SIAM J. Comput. 1, 1972).

    Time is linear in nodes and edges, but for the sorting that fixes the order of the answer.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    path: list[Node] = []
    on_path: set[Node] = set()
    found: list[list[Node]] = []
    for root in sorted(graph):
        if root in index:
            continue
        work: list[tuple[Node, Iterator[Node]]] = [(root, iter(sorted(graph[root])))]
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    path.append(other)
                    on_path.add(other)
                    work.append((other, iter(sorted(graph.get(other, ())))))
                    break
                if other in on_path:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = [path.pop()]
                    while part[-1] != node:
                        part.append(path.pop())
                    on_path.difference_update(part)
                    if len(part) > 2:
                        found.append(sorted(part))
    return found
