"""Duplicate clusters: how many, how large, how alike, and pairs side by side with their differences marked."""

from __future__ import annotations

# ruff: noqa: S608 - only names of this module go in
from collections.abc import Mapping
from dataclasses import dataclass

from gristmill.build.finished import Finished
from gristmill.build.manifest import RecallEntry, StepEntry
from gristmill.build.textdiff import Piece, Row, Skip, compare
from gristmill.document import figures
from gristmill.document.charts import Column, Tick, bar, columns
from gristmill.document.markup import Html, join, tag
from gristmill.document.rules import SAMPLE_KEY
from gristmill.document.samples import Sample, quoted
from gristmill.document.section import Section, facts, folded, note
from gristmill.document.visible import shown

MOST_ROWS = 14
LONGEST_PIECE = 280
_SIZES = ((2, "2"), (3, "3"), (4, "4"), (5, "5–9"), (10, "10–99"), (100, "100–999"), (1000, "1,000 and more"))
_BINS = 25


@dataclass(frozen=True, slots=True)
class Pair:
    """A record and its twin: that which it was merged into, or is a copy of where it was let stay."""

    step: str
    lost: str
    kept: str
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Cluster:
    rid: str
    records: int


def pairs(build: Finished, each: int) -> list[Pair]:
    """For each step that compares: the pairs least alike, where a wrong merge would be, and some drawn by hash."""
    rows = build.query(
        f"""
        SELECT clustered_by,
               arg_min({{lost: rid, kept: twin, similarity: similarity}}, (similarity, rid), {max(each, 1)}),
               arg_min({{lost: rid, kept: twin, similarity: similarity}}, {SAMPLE_KEY}, {max(each, 1)})
        FROM records WHERE twin IS NOT NULL AND twin_index IS NULL GROUP BY clustered_by ORDER BY clustered_by
        """
    )
    return list(
        dict.fromkeys(Pair(step, **pair) for step, least, drawn in rows for pair in [*least[:each], *drawn[:each]])
    )


def largest(build: Finished, most: int) -> list[Cluster]:
    """The clusters with most records."""
    return [
        Cluster(rid, records)
        for rid, records in build.query(
            "SELECT cluster, count(*) AS n FROM records WHERE cluster IS NOT NULL GROUP BY cluster "
            f"ORDER BY n DESC, cluster LIMIT {most}"
        )
    ]


def section(
    build: Finished, sampled: list[Pair], clusters: list[Cluster], samples: Mapping[str, Sample]
) -> Section | None:
    """None where no step of the build merges."""
    if not any(step.kind == "corpus" for step in build.manifest.steps):
        return None
    lead = (
        "Records that say the same as another. One of a cluster stays, unless the recipe lets more; the ledger names "
        "the cluster of each record, its size, and the twin that it was merged into."
    )
    (copies,) = build.query("SELECT count(*) FROM records WHERE twin IS NOT NULL")[0]
    if copies:
        body = [tag("div", "cards", _sizes(build, copies), _similarities(build))]
    else:
        body = [tag("p", "note", "No record was found to be a copy.")]
    body += [tag("p", "note", told) for told in _elsewhere(build)]
    recalls = [_recall(step, step.recall) for step in build.manifest.steps if step.recall is not None]
    if recalls:
        body += [tag("h3", None, "What was found of what is there"), tag("div", "cards", *recalls)]
    examples = [_largest(cluster, samples[cluster.rid]) for cluster in clusters if cluster.rid in samples]
    if examples:
        body += [tag("h3", None, "The largest clusters"), tag("div", "samples", *examples)]
    known = [pair for pair in sampled if pair.lost in samples and pair.kept in samples]
    shown_pairs = [_pair(pair, samples, opened=at == 0) for at, pair in enumerate(known)]
    if shown_pairs:
        body += [
            tag("h3", None, "Pairs side by side"),
            tag(
                "p",
                "note",
                "For each step first the pairs least alike, where a wrong merge would be, then some drawn by hash.",
            ),
            *shown_pairs,
        ]
    return Section("duplicates", "Duplicates", lead, join(body))


def _elsewhere(build: Finished) -> list[str]:
    """How many records are copies of some that are not of this build."""
    rows = build.query(
        """
        SELECT twin_index, clustered_by, count(*) FROM records WHERE twin_index IS NOT NULL
        GROUP BY twin_index, clustered_by ORDER BY twin_index, clustered_by
        """
    )
    return [
        f"By {step}, {figures.count(records)} of them are copies of records in the index {index}, which always stay."
        for index, step, records in rows
    ]


def _sizes(build: Finished, copies: int) -> Html:
    cases = " ".join(f"WHEN n >= {low} THEN {low}" for low, _ in reversed(_SIZES))
    counted = {
        low: (clusters, records)
        for low, clusters, records in build.query(
            f"""
            SELECT CASE {cases} END AS low, count(*), sum(n)::BIGINT
            FROM (SELECT count(*) AS n FROM records WHERE cluster IS NOT NULL GROUP BY cluster)
            WHERE n > 1 GROUP BY ALL
            """
        )
    }
    clusters = sum(number for number, _ in counted.values())
    most = max((number for number, _ in counted.values()), default=1)
    lines = [
        tag(
            "div",
            "label",
            tag("span", None, f"{name} records"),
            bar(0, [("merged", 100 * counted[low][0] / most)]),
            tag("span", "n", figures.count(counted[low][0])),
        )
        for low, name in _SIZES
        if low in counted
    ]
    merged = build.manifest.counts.merged
    told = [("merged records", figures.count(merged))]
    if copies > merged:
        told.append(("copies that stayed", figures.count(copies - merged)))
    told.append(("clusters", figures.count(clusters)))
    return tag(
        "article",
        "card",
        tag("h4", None, "Cluster sizes", tag("span", None, "Clusters by how many records are in them.")),
        facts(told),
        *lines,
    )


def _similarities(build: Finished) -> Html:
    rows = build.query(
        f"""
        SELECT least(floor(similarity * {_BINS}), {_BINS - 1})::INTEGER AS bin, count(*)
        FROM records WHERE similarity IS NOT NULL GROUP BY ALL
        """
    )
    counted = dict(rows)
    first = max(min(counted, default=0) - 2, 0)
    width = 100 / (_BINS - first)
    bars = []
    for at in range(first, _BINS):
        number = counted.get(at, 0)
        title = f"{at / _BINS:.2f} to {(at + 1) / _BINS:.2f}: {figures.count(number)} records"
        bars.append(Column(width * (at - first) + 0.2, width - 0.4, number, number, title))
    ticks = [Tick(width * (at - first), f"{at / _BINS:g}") for at in range(first, _BINS + 1, 5 if first < 10 else 2)]
    title = tag(
        "h4", None, "Similarity", tag("span", None, "Of copies to the record that stayed for them; 1 is equal.")
    )
    return tag("article", "card", title, columns(bars, ticks, name="twins", label="histogram of similarity"))


def _recall(step: StepEntry, recall: RecallEntry) -> Html:
    """What a sample says of the pairs that a step should have brought together, beside what theory says."""
    contained = step.settings.get("measure") == "containment"
    alike = f"{'containment' if contained else 'similarity'} of at least {step.settings.get('similarity', 0):g}"
    title = tag("h4", None, step.name, tag("span", None, f"Pairs of records that differ, with a {alike}."))
    told = [("compared", _compared(recall)), ("pairs", figures.count(recall.pairs))]
    if recall.met is None:
        return tag("article", "card", title, facts(told), note("No two of these records are that alike and differ."))
    told.insert(0, ("brought together", _share(recall.met)))
    if not recall.whole and recall.low is not None and recall.high is not None:
        told.insert(1, ("95 % interval", f"{_share(recall.low)} to {_share(recall.high)}"))
    told += [("expected of such pairs", _share(recall.expected)), ("one of the two is a copy", _share(recall.settled))]
    return tag("article", "card", title, facts(told), bar(0, [("merged", 100 * recall.met)]))


def _share(share: float | None) -> str:
    return "–" if share is None else figures.percent(share, 1)


def _compared(recall: RecallEntry) -> str:
    if recall.whole:
        return f"every pair of {figures.count(recall.records)} records"
    return f"{figures.count(recall.records)} of {figures.count(recall.of)} records"


def _largest(cluster: Cluster, sample: Sample) -> Html:
    return quoted(sample, f"{figures.count(cluster.records)} records")


def _pair(pair: Pair, samples: Mapping[str, Sample], *, opened: bool) -> Html:
    lost, kept = samples[pair.lost], samples[pair.kept]
    alike = "" if pair.similarity is None else f" · similarity {pair.similarity:.3f}"
    title = join([tag("b", None, pair.step), alike, tag("span", "place", shown(lost.url or lost.source, 80))])
    if lost.text is None or kept.text is None:
        body = tag("p", "note", "One of the two texts was not kept.")
    else:
        rows = compare(_dense(lost.text), _dense(kept.text)).hunks(context=1)
        head = tag("div", "row head", _who("the copy", lost), _who("its twin", kept))
        body = tag("div", "pair", head, *(_row(row) for row in rows[:MOST_ROWS]))
        if len(rows) > MOST_ROWS:
            body = join(
                [body, tag("p", "note", f"{len(rows) - MOST_ROWS} more rows are left out here; explain shows them.")]
            )
    return folded(title, body, opened=opened, name="twins")


def _dense(text: str) -> str:
    """The text without its empty lines."""
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def _who(what: str, sample: Sample) -> Html:
    return tag(
        "div",
        None,
        what,
        " ",
        tag("code", None, sample.rid[:12]),
        tag("small", None, shown(sample.url or f"{sample.source} : {sample.position}", 100)),
    )


def _row(row: Row | Skip) -> Html:
    if isinstance(row, Skip):
        return tag("div", "row skip", tag("div", None, f"{row.lines} equal lines"))
    left = tag(
        "div", {"class": None if row.left else "empty", "dir": "auto"}, *(_piece(piece, "del") for piece in row.left)
    )
    right = tag(
        "div", {"class": None if row.right else "empty", "dir": "auto"}, *(_piece(piece, "ins") for piece in row.right)
    )
    return tag("div", f"row {row.kind}", left, right)


def _piece(piece: Piece, mark: str) -> Html:
    if piece.changed:
        return tag(mark, None, shown(piece.text, LONGEST_PIECE))
    if len(piece.text) <= LONGEST_PIECE:
        return shown(piece.text, LONGEST_PIECE)
    half = LONGEST_PIECE // 2
    return join([shown(piece.text[:half], half), tag("span", "cut", " … "), shown(piece.text[-half:], half)])
