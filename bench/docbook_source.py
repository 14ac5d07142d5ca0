"""Text of the pages of Debian's installation guide, out of its DocBook source and the po files of its translations.

The source is profiled for amd64 as the package's build scripts do it, its entities are expanded, its paragraphs are
replaced by their translations, and a page is what DocBook's stylesheets make a page of: a section of the first level,
or a chapter without these. Titles that a cross reference shows are words of the page; numbers and words that
stylesheets put in (`Chapter`, `Note`, tables of contents) are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree
from po_files import translations

ARCH = "amd64"
_TARGET = "for_cd"
_RELEASE = "bookworm"
_PAGES = ("preface", "chapter", "appendix", "sect1")
_UNITS = ("title", "para", "term", "screen", "programlisting", "entry", "simpara", "member", "segtitle", "seg")
_BLOCKS = (
    "itemizedlist", "orderedlist", "variablelist", "simplelist", "segmentedlist", "procedure", "informalexample",
    "example", "screen", "programlisting", "literallayout", "note", "warning", "important", "caution", "tip", "table",
    "informaltable", "blockquote", "figure", "mediaobject", "para",
)  # fmt: skip
_UNSEEN = ("indexterm", "remark", "bookinfo", "toc", "sect1info", "titleabbrev")
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)\s+(?:SYSTEM\s+)?(\"[^\"]*\"|'[^']*')\s*>")
_REFERENCE = re.compile(r"&([A-Za-z][\w.-]*);")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_MARK = re.compile("\ue000([\\w.-]+)\ue001")
_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_NAMED = {"nbsp": "\xa0", "ndash": "–", "mdash": "—", "hellip": "…", "trade": "™", "reg": "®", "copy": "©"}
_DEEPEST = 20
_SOURCES = "##SRCPATH##/"


class Guide:
    """The source of the guide; `pages` gives the text of each page in a language, by the id that the page has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._profile = _options(folder / "build" / "arch-options" / ARCH)
        for name, value in _options(folder / "build" / "arch-options" / "linux").items():
            self._profile[name] = value.replace("$archspec", self._profile.get(name, ""))
        structure = (folder / "build" / "templates" / "docstruct.ent").read_text("utf-8")
        named = {name: value[1:-1].removeprefix(_SOURCES) for name, value in _ENTITY.findall(structure)}
        self._files = {name: folder / "en" / value for name, value in named.items()}

    def pages(self, language: str) -> dict[str, str]:
        book = etree.fromstring(self._translated(language).encode(), etree.XMLParser(huge_tree=True))
        self._drop(book, language)
        titles = {
            one.get("id"): " ".join("".join(one.find("title").itertext()).split())
            for one in book.iter()
            if one.get("id") and one.find("title") is not None
        }
        return {one.get("id"): " ".join(_words(one, titles, top=True)) for one in book.iter(*_PAGES) if one.get("id")}

    def _translated(self, language: str) -> str:
        """The book in a language as XML without references to entities."""
        known: dict[str, str] = {}
        for path in sorted((self._folder / "po" / language).glob("*.po")):
            known |= translations(path)
        entities = self._entities(language)
        template = (self._folder / "build" / "templates" / "install.xml.template").read_text("utf-8")
        files = re.findall(r"^&([\w.-]+\.xml);", template, re.M)
        whole = "".join(self._included(name) for name in files)
        tree = etree.fromstring(f"<book>{_REFERENCE.sub(_marked, whole)}</book>".encode(), etree.XMLParser())
        for unit in list(tree.iter(*_UNITS)):
            _translate(unit, known)
        return _expanded(etree.tostring(tree, encoding="unicode"), entities)

    def _included(self, name: str, depth: int = 0) -> str:
        """A file of the source with the files that it includes."""
        path = self._files.get(name)
        if path is None or not path.is_file() or depth > _DEEPEST:
            return ""
        text = _COMMENT.sub("", path.read_text("utf-8"))
        return re.sub(r"&([\w.-]+\.xml);", lambda found: self._included(found[1], depth + 1), text)

    def _entities(self, language: str) -> Mapping[str, str]:
        folder = self._folder / "build" / "entities"
        own = self._profile
        found = {
            "architecture": ARCH, "arch-kernel": own["arch_kernel"], "arch-parttype": own["arch_parttype"],
            "arch-listname": own["arch_listname"], "arch-porturl": own["arch_porturl"], "langext": f".{language}",
            "kernelversion": own["kernelversion"], "kernelpackage": own["kernelpackage"],
            "smp-config-section": own["smp_config_section"], "smp-config-option": own["smp_config_option"],
            "minimum-memory-strict": own["minimum_memory_strict"] + "&notation-megabytes;",
            "minimum-memory": own["minimum_memory"] + "&notation-megabytes;",
            "minimum-memory-gtk": own["minimum_memory_gtk"] + "&notation-megabytes;",
        }  # fmt: skip
        names = [f"l10n/{language}.ent", "common.ent", "urls.ent", "installation-images.ent", "install-docs.ent"]
        for path in (folder / name for name in names if (folder / name).is_file()):
            for name, value in _ENTITY.findall(_COMMENT.sub("", path.read_text("utf-8"))):
                found.setdefault(name, value[1:-1])  # the first definition of an entity wins
        return _NAMED | found

    def _drop(self, book: etree._Element, language: str) -> None:
        """What is for other machines goes."""
        options = self._folder / "build" / "lang-options" / language
        told = _options(options) if options.is_file() else {}
        joined = [value for name, value in self._profile.items() if name in _CONDITIONS]
        condition = ";".join([*joined, told.get("optional_paras", ""), _RELEASE, _TARGET])
        wanted = {"arch": set(self._profile["archspec"].split(";")), "condition": set(condition.split(";"))}
        for one in list(book.iter()):
            for name, values in wanted.items():
                asked = one.get(name)
                if asked and not values.intersection(asked.split(";")) and one.getparent() is not None:
                    _remove(one)
                    break


_CONDITIONS = ("fdisk", "network", "boot", "smp", "frontend", "other", "goodies", "lowmem", "status")


def _options(path: Path) -> dict[str, str]:
    return dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', path.read_text("utf-8"), re.M))


def _marked(reference: re.Match[str]) -> str:
    """A reference to an entity in letters that no parser looks at, so that a paragraph is found as it was written."""
    return reference[0] if reference[1] in _XML else f"\ue000{reference[1]}\ue001"


def _translate(unit: etree._Element, known: Mapping[str, str]) -> None:
    """A unit is translated as a whole, or else each run of text between the blocks in it by itself."""
    whole = _told(unit, known)
    if whole is not unit:
        for child in list(unit):
            unit.remove(child)
        unit.text = whole.text
        unit.extend(list(whole))
        return
    runs, blocks = [etree.Element("run")], [unit]
    runs[0].text = unit.text
    for child in list(unit):
        unit.remove(child)
        if child.tag in _BLOCKS:
            blocks.append(child)
            runs.append(etree.Element("run"))
            runs[-1].text, child.tail = child.tail, None
        else:
            runs[-1].append(child)
    for run, block in zip(runs, blocks, strict=True):
        told = _told(run, known)
        if block is unit:
            unit.text = told.text
        else:
            unit.append(block)
            block.tail = told.text
        unit.extend(list(told))


def _told(run: etree._Element, known: Mapping[str, str]) -> etree._Element:
    inner = (run.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in run)
    told = known.get(" ".join(_MARK.sub(r"&\1;", inner).split()))
    try:
        return run if told is None else etree.fromstring(f"<run>{_REFERENCE.sub(_marked, told)}</run>".encode())
    except etree.XMLSyntaxError:
        return run


def _expanded(text: str, entities: Mapping[str, str]) -> str:
    for _ in range(_DEEPEST):
        if not _MARK.search(text):
            break
        text = _MARK.sub(lambda found: _REFERENCE.sub(_marked, entities.get(found[1], "")), text)
    return text


def _remove(one: etree._Element) -> None:
    before, parent = one.getprevious(), one.getparent()
    if one.tail and before is not None:
        before.tail = (before.tail or "") + one.tail
    elif one.tail:
        parent.text = (parent.text or "") + one.tail
    parent.remove(one)


def _words(one: etree._Element, titles: Mapping[str, str], *, top: bool = False) -> Iterator[str]:
    """The text of an element; sections that are pages of their own are not in the page of a chapter."""
    if not isinstance(one.tag, str) or one.tag in _UNSEEN or (one.tag == "sect1" and not top):
        return
    if one.tag == "xref":
        yield titles.get(one.get("linkend"), "")
    if one.tag == "ulink" and not "".join(one.itertext()).strip():
        yield one.get("url", "")
    if one.text:
        yield one.text
    for child in one:
        yield from _words(child, titles)
        if child.tail:
            yield child.tail


def page_id(html: str) -> str | None:
    """The id of the section that a page shows."""
    found = re.search(r'<div class="titlepage">.{0,400}?<a name="([^"]+)"></a>', html, re.S)
    return found[1] if found else None
