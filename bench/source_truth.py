"""Main content held against the sources that pages were made of: word precision, recall and F1 by language.

    python bench/source_truth.py --guide SOURCE PACKAGE --sphinx FOLDER --mkdocs DOCS SITE --peers PYTHON

SOURCE is the unpacked source of Debian's installation guide (`apt-get source installation-guide`), PACKAGE what
`dpkg-deb -x installation-guide-amd64_*.deb` makes: DocBook and po files tell the text of its pages in 19 languages. A
FOLDER for `--sphinx` holds unpacked documentation packages with `_sources` (`linux-doc-6.1`, `python3.11-doc`,
`python-*-doc` ...): reStructuredText tells the text. SITE is what `mkdocs build` makes of the Markdown in DOCS, with
`use_directory_urls: false`; its theme is named by SITE's parent folder. Needs lxml, docutils and markdown; PYTHON has
trafilatura and resiliparse.

Words count as in bench/extracting.py, and each character of scripts without spaces is one. Of each package at most
`--most` pages are taken, by a hash of their names; pages of which the source tells less than 50 words are left out,
and those that show less than 0.9 of what it tells. Precision falls short of 1 where a page is content alone, since
stylesheets put in numbers, `Note`, tables of contents. `shown` says how far: it is every word of the page outside of
the elements that the stylesheets make for navigation.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from extracting import peer
from lxml import html
from measuring import BENCH, Row, machine

from gristmill.clean._extractor_pages import word_f1
from gristmill.clean._gristmill import engine
from gristmill.clean._page import Settings

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
FEWEST_WORDS = 50
SHOWN = 0.9
"""A page that shows less than this of the words of its source was made of another version of it, or of more."""

NAVIGATION = (
    "//head|//script|//style|//nav|//footer|//*[@role='navigation' or @role='search' or @role='contentinfo']"
    "|//*[@class='navheader' or @class='navfooter' or @class='toc' or @class='headerlink' or @class='linenos']"
    "|//*[contains(concat(' ', @class, ' '), ' sphinxsidebar ') or contains(concat(' ', @class, ' '), ' related ')"
    " or contains(concat(' ', @class, ' '), ' footer ')]"
)
"""What DocBook's and Sphinx' stylesheets make for navigation."""

TRANSLATED = {"zh_CN": "zh-cn", "zh_TW": "zh-tw", "it_IT": "it", "ja_JP": "ja", "ko_KR": "ko", "sp_SP": "es"}
"""Folders of the kernel's documentation that are translations, and their languages."""

_EXTENSIONS = ("tables", "fenced_code", "toc", "attr_list", "def_list", "admonition", "md_in_html")

PEERS = ("resiliparse", "trafilatura")


class Page(NamedTuple):
    """A page, where it is from, its language, and the words of its source."""

    file: Path
    kind: str
    language: str
    words: Counter[str]


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.lower()))


def of_guide(source: Path, package: Path) -> Iterator[Page]:
    from docbook_source import Guide, page_id

    guide = Guide(source)
    (folder,) = (package / "usr" / "share" / "doc").glob("installation-guide-*")
    for one in sorted(path for path in folder.iterdir() if path.is_dir()):
        texts = guide.pages(one.name)
        for file in sorted(one.glob("*.html")):
            text = texts.get(page_id(file.read_text("utf-8")) or "")
            if text:
                yield Page(file, "DocBook", one.name.lower().replace("_", "-"), words(text))


def of_sphinx(folder: Path, most: int) -> Iterator[Page]:
    from sphinx_source import pages, source_text

    groups: dict[tuple[Path, str], list[tuple[Path, Path]]] = defaultdict(list)
    for page, source in pages(folder):
        inside = source.parts
        place = inside[inside.index("translations") + 1] if "translations" in inside else ""
        groups[source.parents[len(inside) - 2 - inside.index("_sources")], TRANSLATED.get(place, place)].append(
            (page, source)
        )
    for (_, language), some in sorted(groups.items()):
        found = 0
        for page, source in sorted(some, key=lambda pair: zlib.crc32(str(pair[1].name).encode())):
            text = source_text(source) if found < most else None
            if text:
                found += 1
                yield Page(page, "Sphinx", language or "en", words(text))


def of_mkdocs(docs: Path, site: Path) -> Iterator[Page]:
    from markdown import markdown

    for source in sorted(docs.rglob("*.md")):
        page = site / source.relative_to(docs).with_suffix(".html")
        if page.is_file():
            text = source.read_text("utf-8")
            if text.startswith("title:"):  # a head of fields, which is not shown
                text = text.partition("\n\n")[2]
            tree = html.fromstring(f"<div>{markdown(text, extensions=list(_EXTENSIONS))}</div>")
            yield Page(page, f"MkDocs {site.parent.name}", "en", words(" ".join(tree.itertext())))


def shown(file: Path) -> str:
    """What a page shows outside of its navigation."""
    tree = html.fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    for one in tree.xpath(NAVIGATION):
        if one.getparent() is not None:
            one.drop_tree()
    return str(tree.text_content())


def rows_of(pages: list[Page], measured: dict[str, np.ndarray]) -> list[Row]:
    """Means over the pages of each language, of each kind, and of all."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(pages):
        for name in ("all", page.kind, f"{page.kind} {page.language}"):
            groups[name].append(number)
    rows: list[Row] = []
    for name, members in sorted(groups.items()):
        row: Row = {"pages": name, "count": len(members)}
        for system, values in measured.items():
            told = zip(("precision", "recall", "F1"), values[members].mean(0).round(4).tolist(), strict=True)
            row |= {f"{system} {what}": value for what, value in told}
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guide", type=Path, nargs=2, metavar=("SOURCE", "PACKAGE"))
    parser.add_argument("--sphinx", type=Path, action="append", default=[])
    parser.add_argument("--mkdocs", type=Path, nargs=2, action="append", default=[], metavar=("DOCS", "SITE"))
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--worst", type=int, default=10, help="pages to print that are found worst")
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    pages = list(of_guide(*options.guide)) if options.guide else []
    pages += [page for folder in options.sphinx for page in of_sphinx(folder, options.most)]
    pages += [page for docs, site in options.mkdocs for page in of_mkdocs(docs, site)]
    pages = [page for page in pages if page.words.total() >= FEWEST_WORDS]
    whole = [shown(page.file) for page in pages]
    told = [word_f1(words(text), page.words)[1] >= SHOWN for text, page in zip(whole, pages, strict=True)]
    print(f"{len(pages) - sum(told)} of {len(pages)} pages do not show what their source says, and are left out")
    pages = [page for page, true in zip(pages, told, strict=True) if true]
    read = engine(Settings())
    texts = {
        "shown": [text for text, true in zip(whole, told, strict=True) if true],
        "gristmill": [read(page.file.read_text("utf-8", "replace")).text for page in pages],
    }
    for name in PEERS if options.peers else ():
        texts[name] = peer(options.peers, name, [page.file for page in pages])[0]
    measured = {
        name: np.array([word_f1(words(text), page.words) for text, page in zip(told, pages, strict=True)])
        for name, told in texts.items()
    }
    rows = rows_of(pages, measured)
    for row in rows:
        print(*row.values(), sep="\t")
    for number in np.argsort(measured["gristmill"][:, 2])[: options.worst]:
        print(pages[number].file, *measured["gristmill"][number].round(3))
    options.results.mkdir(exist_ok=True)
    result = {"name": "source_truth", "date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    (options.results / "source_truth.json").write_text(json.dumps(result | {"rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
