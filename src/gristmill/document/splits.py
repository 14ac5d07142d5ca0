"""Splits: their sizes, what ties groups, and what leaks from one into another beside a random split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, note, table
from gristmill.document.visible import collapsed, shown

MOST_PAIRS = 12
_LONGEST = 320
_HEADS = {
    "exact": "same words",
    "near": "nearly",
    "overlapping": "overlapping",
    "grams": "of its n-grams",
    "prompt": "same prompt",
    "answer": "same answer",
}


def section(build: Finished) -> Section | None:
    """None where no step of the build splits."""
    told = build.manifest.certificate
    if told is None:
        return None
    checked = told["checked_by"]
    lead = (
        f"Groups of records that belong together are in one split. The certificate compares what was delivered: the "
        f"same words, Jaccard similarity from {checked['similarity']:g}, or {checked['overlap']:.0%} of a record's "
        f"runs of {checked['gram_words']} words found in another split count as a leak. The same prompt, and the same "
        f"answer where it has at most {checked['answer_words']} words, are told beside."
    )
    body = [_verdict(told), _sizes(told), tag("h3", None, "What stands in another split"), _leaks(told)]
    if checked["records"] < checked["of"]:
        sample = f"A sample of {figures.count(checked['records'])} of {figures.count(checked['of'])} records was held"
        body.append(note(f"{sample} against all of them; shares are those of the sample."))
    if told["worst"]:
        body += [tag("h3", None, "The pairs most alike"), *map(_pair, told["worst"])]
    return Section("splits", "Splits", lead, join(body))


def _share(share: float) -> str:
    """Leaks are small: two decimals."""
    return f"{100 * share:.2f}\N{NO-BREAK SPACE}%"


def _verdict(told: Mapping[str, Any]) -> Html:
    limit = "no limit was set" if told["max_leakage"] is None else f"{_share(told['max_leakage'])} allowed"
    return facts(
        [
            ("largest leak", f"{_share(told['leakage'])} of a split ({limit})"),
            ("in a random split", _share(told["random_leakage"])),
            ("groups", f"{figures.count(told['groups_found'])}, the largest of {figures.count(told['largest_group'])}"),
            ("tied by", shown(", ".join(told["groups"]) or "nothing", 200)),
        ]
    )


def _sizes(told: Mapping[str, Any]) -> Html:
    rows = [
        [
            shown(split["name"], 60),
            figures.count(split["records"]),
            figures.count(split["groups"]),
            _share(split["share"]),
            "by time" if split["wanted"] is None else _share(split["wanted"]),
        ]
        for split in told["splits"]
    ]
    return table(("split", "records", "groups", f"share of {told['measure']}", "asked"), rows, numbers=range(1, 5))


def _leaks(told: Mapping[str, Any]) -> Html:
    """The pairs of splits with the largest leaks, each beside the same pair of the random split."""
    random = {(pair["of"], pair["in"]): pair for pair in told["random_pairs"]}
    worst: Sequence[Mapping[str, Any]] = sorted(told["pairs"], key=lambda pair: -pair["leak"])[:MOST_PAIRS]
    rows = []
    talks = any(pair["prompt"] or pair["answer"] for pair in (*told["pairs"], *told["random_pairs"]))
    names = ("exact", "near", "overlapping", "grams", *(("prompt", "answer") if talks else ()))
    for pair in worst:
        beside = random.get((pair["of"], pair["in"]))
        rows.append(
            [
                shown(f"{pair['of']} in {pair['in']}", 90),
                *(_share(pair[name]) for name in names),
                tag("b", None, _share(pair["leak"])),
                "·" if beside is None else _share(beside["leak"]),
            ]
        )
    heads = ("share of", *(_HEADS[name] for name in names), "leak", "random split")
    return table(heads, rows, numbers=range(1, len(heads)))


def _pair(pair: Mapping[str, Any]) -> Html:
    def side(one: Mapping[str, Any], more: str) -> Html:
        told = tag(
            "small", None, tag("b", None, shown(one["split"], 60)), " ", tag("code", None, one["rid"][:12]), more
        )
        return tag("div", {"dir": "auto"}, shown(collapsed(one["text"]), _LONGEST), told)

    alike = f" · similarity {pair['similarity']:.3f}"
    return tag("div", "pair", tag("div", "row", side(pair["a"], alike), side(pair["b"], "")))
