"""Words wrongly taken and words missed on WCXB's pages, by what they stand in; and what rules for furniture gain.

    python bench/extraction_errors.py WCXB/dev [--kind article] [--shares FILE] [--results FOLDER]

Each page is read with shares by models that saw no page of its site, as `gristmill train-extractor` measures. FILE
keeps these shares, as training takes minutes: it is written where it is not there. A word counts by what it costs its
page, so that wrong and missed words of all kinds together are about 1 - F1.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from measuring import BENCH, machine

from gristmill.clean._extractor_pages import LabelledPage, page_files, read_labelled
from gristmill.clean._extractor_training import FOLDS, Settings, fit, fold_of
from gristmill.clean._furniture import KINDS, furniture
from gristmill.clean._main_content import chosen
from gristmill.clean._page_arrays import PageArrays
from gristmill.text.html_attributes import TOKEN_HASHES, token_hash
from gristmill.text.html_layout import FIRST, LAST, TAG, TOKEN, TOKENS_END
from gristmill.text.html_names import NUMBERS

Marks = npt.NDArray[np.bool_]

NAMED = {
    "teasers": ("popular", "similar", "latest", "recent", "teaser", "teasers", "posts", "cards", "card", "promo"),
    "sign-up, sharing, advertisements": (
        "newsletter", "subscribe", "signup", "share", "social", "sharing", "ad", "ads", "advertisement", "cta",
        "sponsor",
    ),
    "authors, days, tags": ("author", "authors", "bio", "byline", "meta", "date", "tags", "tag", "topics"),
    "captions": ("caption", "captions", "credit", "credits"),
    "sidebars, footers, menus": ("sidebar", "footer", "nav", "menu", "header", "cookie", "modal", "popup", "legal"),
}  # fmt: skip
TAGS = {"headlines": ("h1",), "sidebars, footers, menus": ("aside", "footer", "nav", "header", "form")}


def named(arrays: PageArrays, words: tuple[str, ...]) -> Marks:
    """The blocks in an element that one of these words names; one that is nearly the whole page says nothing."""
    table = np.zeros(TOKEN_HASHES, np.bool_)
    table[[token_hash(word) for word in words]] = True
    before = np.concatenate(([0], np.cumsum(table[arrays.tokens])))
    return inside(arrays, before[arrays.elements[:, TOKENS_END]] > before[arrays.elements[:, TOKEN]])


def inside(arrays: PageArrays, holders: Marks) -> Marks:
    marks = np.zeros(len(arrays.blocks), np.bool_)
    for first, last in arrays.elements[holders][:, [FIRST, LAST]].tolist():
        if last - first < 0.8 * len(marks):
            marks[first:last] = True
    return marks


def kinds_of(page: LabelledPage) -> npt.NDArray[np.str_]:
    """What each block stands in: by elements and names, else before, within or behind the content."""
    arrays = page.arrays
    content = np.flatnonzero((page.shares >= 0.5) & (page.counts > 0))
    first, last = (content[0], content[-1]) if len(content) else (0, len(page.shares))
    places = np.arange(len(page.shares))
    found = np.where(places < first, "before the content", np.where(places > last, "behind the content", "within it"))
    found = found.astype(object)
    elements = arrays.elements[:, TAG]
    layers = [(kind, inside(arrays, np.isin(elements, [NUMBERS[tag] for tag in tags]))) for kind, tags in TAGS.items()]
    layers += [(kind, named(arrays, words)) for kind, words in reversed(NAMED.items())]
    layers += [(kind, furniture(arrays, kind)) for kind in KINDS]
    for kind, marks in layers:
        found[marks] = kind
    return found


def costs(page: LabelledPage, shares: npt.NDArray[np.float64]) -> Iterator[tuple[str, float, float]]:
    """Of each block its kind, and what its wrong and its missed words cost."""
    taken = np.zeros(len(shares), np.bool_)
    taken[chosen(page.arrays, shares, "balanced")] = True
    whole = max(page.counts[taken].sum() + page.reference.total(), 1)
    wrong = np.where(taken, page.counts * (1 - page.shares), 0) / whole
    missed = np.where(taken, 0, page.counts * page.shares) / whole
    yield from zip(kinds_of(page), wrong.tolist(), missed.tolist(), strict=True)


def gains(pages: list[LabelledPage], shares: list[npt.NDArray[np.float64]]) -> list[dict[str, float | int | str]]:
    """What each rule for furniture changes in F1: by fold, and on how many pages for better and for worse."""
    folds = np.array([fold_of(page.domain, Settings().seed) for page in pages])
    without = [chosen(page.arrays, own, "balanced", ()) for page, own in zip(pages, shares, strict=True)]
    rows: list[dict[str, float | int | str]] = []
    for kinds in (*((kind,) for kind in KINDS), KINDS):
        change = np.zeros(len(pages))
        for number, (page, own) in enumerate(zip(pages, shares, strict=True)):
            taken = chosen(page.arrays, own, "balanced", kinds)
            if len(taken) < len(without[number]):
                change[number] = f1(page, taken) - f1(page, without[number])
        row: dict[str, float | int | str] = {
            "rule": "all" if kinds == KINDS else kinds[0],
            "F1": change.mean().round(5),
        }
        row |= {f"fold {fold}": change[folds == fold].mean().round(5) for fold in range(FOLDS)}
        rows.append(row | {"better": int((change > 0).sum()), "worse": int((change < 0).sum())})
    return rows


def f1(page: LabelledPage, taken: npt.NDArray[np.int64]) -> float:
    mask = np.zeros(len(page.shares), np.bool_)
    mask[taken] = True
    return page.measured(mask)[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--kind", default="article")
    parser.add_argument("--shares", type=Path)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    pages = [read_labelled(*pair) for pair in page_files(options.pages)]
    known = options.shares and options.shares.is_file()
    shares = np.load(options.shares) if known else fit(pages, Settings()).shares
    if options.shares and not known:
        np.save(options.shares, shares)
    split = np.split(shares, np.cumsum([len(page.shares) for page in pages])[:-1])
    pairs = zip(pages, split, strict=True)
    wanted = [(page, own) for page, own in pairs if page.kind == options.kind]
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for page, own in wanted:
        for kind, wrong, missed in costs(page, own):
            sums[kind][0] += wrong / len(wanted)
            sums[kind][1] += missed / len(wanted)
    rows = [{"in": kind, "wrong": round(a, 5), "missed": round(b, 5)} for kind, (a, b) in sums.items()]
    rows.sort(key=lambda row: -row["wrong"] - row["missed"])
    rules = gains(pages, split)
    for row in (*rows, *rules):
        print(*row.values(), sep="\t")
    options.results.mkdir(exist_ok=True)
    result = {"name": "extraction_errors", "date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    result |= {"kind": options.kind, "pages": len(wanted), "rows": rows, "rules of all pages": rules}
    (options.results / "extraction_errors.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
