"""OpenAssistant: trees of messages, flat or nested, as threads, as best threads, and as rankings of siblings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from gristmill.records.formats.format import Evidence, Format, Reading, Row, UnreadableRowError
from gristmill.records.formats.messages import Message, a, read_message
from gristmill.records.formats.messages import Spelling as _Spelling
from gristmill.records.formats.shape import STRINGS, Shape

_SPELLING = _Spelling(
    "role",
    "text",
    (
        ("system", "system"),
        ("developer", "developer"),
        ("user", "prompter"),
        ("assistant", "assistant"),
        ("tool", "tool"),
    ),
)
_TREE_KEYS = ("message_tree_id", "tree_state")
Node = dict[str, Any]
Walk = Callable[[Node], Iterator[Row]]


def grown(rows: Iterable[Row]) -> Iterator[Row]:
    """Nested trees of the flat messages of a file, in the order of their roots; messages without a tree come last."""
    nodes: dict[str, Node] = {}
    odd: list[Row] = []
    for row in rows:
        if isinstance(row.get("prompt"), dict):
            yield row
            continue
        id = row.get("message_id")
        if not isinstance(id, str) or id in nodes:
            odd.append(
                {"unplaced": row, "why": f"its `message_id` {id!r} is {'there twice' if id in nodes else 'no text'}"}
            )
            continue
        nodes[id] = {**row, "replies": []}
    roots = []
    for node in nodes.values():
        parent = node.get("parent_id")
        if parent is None or parent != parent:
            roots.append(node)
        elif parent in nodes:
            nodes[parent]["replies"].append(node)
        else:
            odd.append({"unplaced": node, "why": f"its parent {parent!r} is not in the file"})
    reached = 0
    for root in roots:
        reached += sum(1 for _ in _nodes(root))
        yield {**{key: root[key] for key in _TREE_KEYS if key in root}, "prompt": root}
    if reached + sum("is not in the file" in row["why"] for row in odd) < len(nodes):
        odd.extend(_unreached(nodes, roots))
    yield from odd


def _nodes(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(_replies(node)))


def _unreached(nodes: dict[str, Node], roots: list[Node]) -> Iterator[Row]:
    seen = {id(node) for root in roots for node in _nodes(root)}
    for node in nodes.values():
        if id(node) not in seen and node.get("parent_id") in nodes:
            yield {"unplaced": node, "why": "no chain of parents leads from it to the root of a tree"}


def _replies(node: Node) -> list[Node]:
    replies = node.get("replies")
    return [reply for reply in replies if isinstance(reply, dict)] if isinstance(replies, list) else []


def _paths(root: Node) -> Iterator[list[Node]]:
    """Every node as the path that leads to it, parents before children; the one list is changed as it goes on."""
    path: list[Node] = []
    stack = [(0, root)]
    while stack:
        depth, node = stack.pop()
        del path[depth:]
        path.append(node)
        yield path
        stack.extend((depth + 1, reply) for reply in reversed(_replies(node)))


def _rank(node: Node) -> float:
    rank = node.get("rank")
    return float(rank) if isinstance(rank, (int, float)) and rank == rank else float("inf")


def threads(tree: Row) -> Iterator[Row]:
    for path in _paths(tree["prompt"]):
        if not _replies(path[-1]):
            yield {**_about(tree), "thread": [_own(node) for node in path]}


def best(tree: Row) -> Iterator[Row]:
    node: Node = tree["prompt"]
    path = [node]
    while _replies(node):
        node = min(_replies(node), key=_rank)
        path.append(node)
    yield {**_about(tree), "thread": [_own(node) for node in path]}


def rankings(tree: Row) -> Iterator[Row]:
    for path in _paths(tree["prompt"]):
        ranked = sorted((r for r in _replies(path[-1]) if _rank(r) != float("inf")), key=_rank)
        if len(ranked) > 1:
            yield {**_about(tree), "thread": [_own(node) for node in path], "ranked": [_own(r) for r in ranked]}


def _about(tree: Row) -> Row:
    return {key: value for key, value in tree.items() if key != "prompt"}


def _own(node: Node) -> Node:
    return {key: value for key, value in node.items() if key != "replies"}


def _unfold(walk: Walk, rows: Iterable[Row]) -> Iterator[Row]:
    for tree in grown(rows):
        if isinstance(tree.get("prompt"), dict):
            yield from walk(tree)
        else:
            yield tree


def _messages(found: object, field: str) -> list[Message]:
    if not isinstance(found, list) or not found:
        raise UnreadableRowError(f"`{field}` is {a(found)}; the messages of a tree are wanted")
    return [read_message(node, f"message {n} of `{field}`", _SPELLING) for n, node in enumerate(found, 1)]


def _check(row: Row) -> None:
    if "unplaced" in row:
        raise UnreadableRowError(f"the message stands in no tree: {row['why']}")


def _read_thread(row: Row) -> Reading:
    _check(row)
    messages = _messages(row.get("thread"), "thread")
    metadata = {key: value for key, value in row.items() if key != "thread"}
    last = row["thread"][-1].get("message_id")
    return Reading({"messages": messages}, metadata, last if isinstance(last, str) else None)


def _read_ranking(row: Row) -> Reading:
    _check(row)
    completions = []
    for node, message in zip(row["ranked"], _messages(row.get("ranked"), "ranked"), strict=True):
        completions.append({"messages": [message], "rank": int(_rank(node))})
    metadata = {key: value for key, value in row.items() if key not in ("thread", "ranked")}
    asked = row["thread"][-1].get("message_id")
    content = {"prompt": _messages(row.get("thread"), "thread"), "completions": completions}
    return Reading(content, metadata, asked if isinstance(asked, str) else None)


def _recognise(weight: int, shape: Shape) -> Evidence | None:
    prompt = shape.get("prompt")
    if prompt is not None and prompt.name == "object" and {"text", "role", "replies"} <= prompt.keys:
        return Evidence("`prompt` is a message with `replies`", weight)
    flat = ("message_id", "parent_id", "text", "role")
    if all(key in shape for key in flat) and shape["text"] in STRINGS:
        return Evidence("there are `message_id`, `parent_id`, `text` and `role`: messages of trees", weight)
    if "unplaced" in shape or ("thread" in shape and shape["thread"].name == "objects"):
        return Evidence("the row is a thread of a tree", weight)
    return None


_KEYS = ("message_id", "parent_id", "text", "role")
FORMATS = (
    Format(
        "oasst",
        "conversation",
        "OpenAssistant trees, a thread for each last message",
        _KEYS,
        partial(_recognise, 40),
        _read_thread,
        None,
        partial(_unfold, threads),
    ),
    Format(
        "oasst_best",
        "conversation",
        "OpenAssistant trees, the best-ranked thread of each",
        _KEYS,
        partial(_recognise, 39),
        _read_thread,
        None,
        partial(_unfold, best),
    ),
    Format(
        "oasst_rankings",
        "preference",
        "OpenAssistant trees, ranked replies",
        _KEYS,
        partial(_recognise, 38),
        _read_ranking,
        None,
        partial(_unfold, rankings),
    ),
)
