"""Reads robots.txt and ai.txt: which agents may use which paths (RFC 9309), and what their signals say of training.

`Content-Signal: ai-train=no` is of contentsignals.org, `Content-Usage: train-ai=n` of the IETF's AI preferences
(draft-ietf-aipref-attach); both stand in a group of agents, the second may name a path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

MOST_BYTES = 500 << 10
"""RFC 9309, 2.5: at least 500 KiB must be parsed; what is beyond is not."""

_MOST_RULES = 10_000
_MOST_PATTERN = 2_048
_MOST_SITEMAPS = 1_000
_SAFE = "/?#[]@!$&'()*+,;=:%~-._"
_ANYONE = "*"
_TRAINS = {"content-signal": ("ai-train", ("no",)), "content-usage": ("train-ai", ("n", "no"))}
"""By the directive: what it says of training, and how it says that it may not be."""


class Rule(NamedTuple):
    """A line that allows or disallows paths, or says whether they may be trained on."""

    allows: bool
    pattern: str
    line: int
    said: str


@dataclass(slots=True)
class Group:
    """What is said to some agents."""

    agents: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    training: list[Rule] = field(default_factory=list)
    delays: dict[str, float] = field(default_factory=dict)
    """Seconds between two requests (`Crawl-delay`), by the agents that stand before it."""
    sitemaps: list[str] = field(default_factory=list)
    """Named behind it; they are for everyone."""


class Robots:
    """A parsed file. Lines that mean nothing are passed over, as everyone does."""

    def __init__(self, text: bytes) -> None:
        self._groups_of: dict[str, list[Group]] = {}  # by agent, in lower case
        self.sitemaps: list[str] = []
        for group in _groups(text[:MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").splitlines()):
            self.sitemaps += group.sitemaps
            for agent in dict.fromkeys(group.agents):
                self._groups_of.setdefault(agent, []).append(group)

    def delay(self, agent: str) -> float:
        """Seconds that an agent is asked to let pass between two requests, 0 where nothing is said."""
        said = agent.lower() if agent.lower() in self._groups_of else _ANYONE
        return max((group.delays.get(said, 0.0) for group in self._heeded(agent)), default=0.0)

    def refusals(self, agents: Sequence[str], path: str) -> list[tuple[str, Rule]]:
        """Of these agents those that may not fetch the path, and the line that says so.

        Each agent heeds the groups that name it, all of them together, or else those for everyone; of the rules the
        one with the longest pattern, and of two as long the one that allows (RFC 9309, 2.2).
        """
        return [(agent, rule) for agent, rule in self._decided(agents, path, "rules") if not rule.allows]

    def reserved(self, agents: Sequence[str], path: str) -> list[tuple[str, Rule]]:
        """The same of training."""
        return [(agent, rule) for agent, rule in self._decided(agents, path, "training") if not rule.allows]

    def _decided(self, agents: Sequence[str], path: str, of: str) -> Iterable[tuple[str, Rule]]:
        plain = normal_path(path)
        known: dict[tuple[int, ...], Rule | None] = {}
        for agent in agents:
            groups = self._heeded(agent)
            key = tuple(map(id, groups))
            if key not in known:
                known[key] = _strongest((rule for group in groups for rule in getattr(group, of)), plain)
            rule = known[key]
            if rule is not None:
                yield agent, rule

    def _heeded(self, agent: str) -> list[Group]:
        return self._groups_of.get(agent.lower()) or self._groups_of.get(_ANYONE, [])


def normal_path(path: str) -> str:
    """A path, or a pattern of one, as they are compared: percent-encoded where that says something (RFC 3986, 2.3)."""
    first, *rest = quote(path, safe=_SAFE).split("%")
    return first + "".join(f"{_octet(piece[:2])}{piece[2:]}" for piece in rest)


def _octet(digits: str) -> str:
    """What was percent-encoded with these two digits: the character, where it need not have been."""
    try:
        char = chr(int(digits, 16)) if len(digits) == 2 else ""
    except ValueError:
        return f"%{digits}"
    return char if char.isascii() and (char.isalnum() or char in "-._~") and char else f"%{digits.upper()}"


def matches(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says: `*` is any run of characters, `$` at the end is the end of the path."""
    ends = pattern.endswith("$")
    first, *pieces = (pattern[:-1] if ends else pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not pieces:
        return not ends or at == len(path)
    *inner, last = pieces
    for piece in inner:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0


def _strongest(rules: Iterable[Rule], path: str) -> Rule | None:
    fitting = [rule for rule in rules if matches(rule.pattern, path)]
    return max(fitting, key=lambda rule: (len(rule.pattern), rule.allows, -rule.line), default=None)


def _groups(lines: Sequence[str]) -> Iterable[Group]:
    """Agents that follow each other share the rules behind them (RFC 9309, 2.1). Other lines part no group."""
    group = Group()
    naming = False
    rules = 0
    for number, line in enumerate(lines, 1):
        key, colon, rest = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), rest.strip()
        if not colon or len(value) > _MOST_PATTERN:
            continue
        if key == "user-agent":
            if not naming:
                yield group
                group = Group()
            group.agents.append(_product(value))
            naming = True
        elif key in ("allow", "disallow"):
            naming = False
            rules += 1
            if value and rules <= _MOST_RULES:  # an empty pattern says nothing
                group.rules.append(Rule(key == "allow", normal_path(value), number, line.strip()))
        elif key in _TRAINS:
            naming = False
            group.training += _training(key, value, number, line.strip())
        elif key == "crawl-delay":
            for agent in group.agents:  # it parts no group, so agents behind it may share the rules, not the pause
                group.delays.setdefault(agent, _seconds(value))
        elif key == "sitemap" and len(group.sitemaps) < _MOST_SITEMAPS:
            group.sitemaps.append(value)
    yield group


def _seconds(value: str) -> float:
    """A number of seconds; 0 where it is none."""
    whole, _, part = value.partition(".")
    digits = value.isascii() and whole.isdigit() and len(whole) < 10 and (not part or part.isdigit())
    return float(value) if digits else 0.0


def _product(value: str) -> str:
    """`GPTBot/1.2` is GPTBot."""
    name = value.split()[0] if value.split() else ""
    return name.partition("/")[0].lower()


def training_refused(key: str, value: str) -> bool:
    """Whether a `content-signal` or `content-usage` says that there may be no training."""
    return any(not rule.allows for rule in _training(key, value, 0, ""))


def _training(key: str, value: str, number: int, line: str) -> list[Rule]:
    """`[path] name=value, ...`: what it says of training, if anything."""
    wanted, forbids = _TRAINS[key]
    pattern = "/"
    if value.startswith("/"):
        pattern, _, value = value.partition(" ")
    for piece in value.split(","):
        name, _, said = piece.partition("=")
        if name.strip().lower() == wanted:
            return [Rule(said.strip().lower() not in forbids, normal_path(pattern), number, line)]
    return []
