"""A few records of a build with their texts, fetched by rid in one scan, and how a sampled text looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gristmill.build.finished import Finished
from gristmill.build.stored import Spot, texts
from gristmill.document.markup import Html, tag
from gristmill.document.visible import collapsed, shown
from gristmill.records.turns import told_of

LONGEST = 600
"""Characters of a sampled text that a report shows."""

_FETCHED = 6_000


@dataclass(frozen=True, slots=True)
class Reason:
    reason: str
    signal: str
    value: float | None
    label: str | None
    bound: str


@dataclass(frozen=True, slots=True)
class Sample:
    rid: str
    id: str | None
    url: str | None
    source: str
    position: int
    reasons: tuple[Reason, ...]
    text: str | None

    def value_of(self, reason: str, signal: str) -> str | float | None:
        """What the record had where it broke this rule."""
        for broken in self.reasons:
            if broken.reason == reason and broken.signal == signal:
                return broken.label if broken.value is None else broken.value
        return None


def fetch(build: Finished, rids: Iterable[str]) -> dict[str, Sample]:
    """The records asked for, texts cut to their first characters."""
    wanted = sorted(set(rids))
    if not wanted:
        return {}
    rows = build.query(
        "SELECT rid, id, url, source, position, reasons, file, row FROM records WHERE list_contains(?, rid)", [wanted]
    )
    spots = {rid: Spot(file, row) for rid, *_, file, row in rows if file is not None}
    found = texts(build, spots.values(), _FETCHED, of_turns=told_of)
    return {
        rid: Sample(
            rid,
            id,
            url,
            source,
            position,
            tuple(Reason(**reason) for reason in reasons or ()),
            found.get(spots[rid]) if rid in spots else None,
        )
        for rid, id, url, source, position, reasons, _, _ in rows
    }


def quoted(sample: Sample, why: Html | str = "") -> Html:
    """A sampled text, collapsed, under a line that says which record it is."""
    name = tag("code", {"title": "explain this record by these digits"}, sample.rid[:12])
    place = tag("span", "place", shown(sample.url or f"{sample.source} : {sample.position}", 120))
    if sample.text is None:
        body = tag("p", "text gone", "its text was not kept")
    elif not sample.text.strip():
        body = tag("p", "text gone", "empty text")
    else:
        text = shown(collapsed(sample.text), LONGEST).replace("¶", '<i class="end">¶</i>')
        body = tag("p", {"class": "text", "dir": "auto"}, Html(text))
    return tag("div", "sample", tag("p", "who", name, " ", place, tag("span", "why", why)), body)
