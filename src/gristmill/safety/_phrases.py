"""What instructions to models say: families of phrases, read from `instructions.txt`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from gristmill.text.phrases import Phrases, phrases


class Family(NamedTuple):
    """Phrases of one kind. `weight`: how far one of them, unquoted, makes an injection likely, from 0 to 1."""

    weight: float
    what: str


TOPIC = "topic"

FAMILIES: dict[str, Family] = {
    "override": Family(0.6, "that tell a model to ignore what it was told"),
    "role": Family(0.3, "that give a model another role"),
    "system": Family(0.35, "that ask for the system prompt, or put another in its place"),
    "developer_mode": Family(0.4, "that switch rules off"),
    "secrecy": Family(0.5, "that keep something from the user"),
    "compliance": Family(0.35, "that tell a model what it must do as a model"),
    "addressed": Family(0.5, "that speak to crawlers, assistants and reviewers that are models"),
    "template": Family(0.35, "that are marks of chat templates (<|im_start|>, [INST], <<SYS>>)"),
    "exfiltration": Family(0.6, "that carry a conversation away, by request or in the address of a picture"),
    TOPIC: Family(0.0, "that speak about injections"),
}
NAMES = tuple(FAMILIES)


def places(pattern: str) -> list[list[str]]:
    """The choices of each word of a pattern: those between bars; with `?` before it also none at all.

    An underscore is a space inside a choice.
    """
    slots = [slot.removeprefix("?").replace("_", " ").split("|") for slot in pattern.split()]
    return [["", *slot] if given.startswith("?") else slot for slot, given in zip(slots, pattern.split(), strict=True)]


def patterns() -> Iterator[tuple[str, str]]:
    """Each pattern of the file with its family."""
    family = ""
    for line in (files("gristmill.safety") / "instructions.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            family = line.strip("[]")
        elif line and not line.startswith("#"):
            yield family, line


@cache
def table() -> Phrases:
    """All phrases ready for the kernel, made once a process; an entry is a place in `NAMES`."""
    return phrases([(places(pattern), NAMES.index(family)) for family, pattern in patterns()])
