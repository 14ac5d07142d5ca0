"""Fuzzes the reading of pages: coverage-guided by Atheris, the kernels with their bounds checked.

    pip install atheris
    NUMBA_BOUNDSCHECK=1 python bench/fuzz_pages.py [FOLDER_OF_PAGES] -max_total_time=600 -max_len=4000

Each input is read as text and as Markdown, with and without main content. Any error stops it, and so does a text that
is another the second time, one that cannot be UTF-8, and a plain text that `Prose`, the twin of the kernel, would not
write. Atheris sees which branches of Python are taken, not those of compiled kernels, so pages are mutated by a
dictionary of tags as well. Arguments are libFuzzer's (https://llvm.org/docs/LibFuzzer.html).
"""

from __future__ import annotations

import pkgutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from unittest import mock

import atheris

import gristmill.text

for module in pkgutil.iter_modules(gristmill.text.__path__):
    import_module(f"gristmill.text.{module.name}")  # kernels, which Numba could not compile with marks in them

with atheris.instrument_imports(include=["gristmill"]):
    from gristmill.clean import _gristmill, _page_text
    from gristmill.clean._encoding import decode
    from gristmill.clean._page import Settings

_ELEMENTS = (
    "html", "head", "body", "title", "p", "div", "article", "main", "nav", "footer", "h1", "h2", "ul", "ol", "li", "dl",
    "dt", "dd", "table", "tr", "td", "th", "pre", "code", "blockquote", "a", "math", "annotation", "script", "style",
    "noscript", "template", "svg",
)  # fmt: skip
_OTHERS = (
    "<br>", "<hr>", '<ol start="7">', '<img alt="x">', '<a href="https://example.org/a?b=c&amp;d">', "<!--", "-->",
    "<![CDATA[", "]]>", "&amp;", "&#0;", "&#x110000;", "&lt", "&nbsp;", "&notit;", 'class="comment"', "hidden",
    'style="display:none"', '<meta name="date" content="2024-02-29">', '<link rel="canonical" href="/x">',
    '<time datetime="2024-01-01">', '<script type="application/ld+json">', '{"articleBody":"a b"}', "\u00b6", "\ufeff",
)  # fmt: skip

_SETTINGS = [
    Settings(main_content=main, comments=main, favor="balanced", output=output, links=output == "markdown", model=None)
    for main in (True, False)
    for output in ("text", "markdown")
]
_ENGINES = [_gristmill.engine(settings) for settings in _SETTINGS]


def read(data: bytes) -> None:
    """Read a page in every way, twice."""
    html = decode(data, None)
    for engine, settings in zip(_ENGINES, _SETTINGS, strict=True):
        page = engine(html)
        assert engine(html) == page
        page.text.encode("utf-8")
        if settings.output == "text":
            with mock.patch.object(_page_text, "_plain", lambda *_: None):
                assert engine(html).text == page.text


def main() -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as words:
        tags = (tag for name in _ELEMENTS for tag in (f"<{name}>", f"</{name}>"))
        for word in (*tags, *_OTHERS):
            words.write('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n')
        words.flush()
        given = [argument for argument in sys.argv[1:] if argument.startswith("-") or Path(argument).is_dir()]
        atheris.Setup([sys.argv[0], f"-dict={words.name}", *given], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
