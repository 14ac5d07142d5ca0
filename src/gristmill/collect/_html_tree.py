"""Pages that are no well-formed XML as a tree of the same kind, by the rules of HTML."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from resiliparse.parse.encoding import detect_encoding
from resiliparse.parse.html import ElementNode, HTMLTree, Node, NodeType

from gristmill.collect._documents import Unreadable
from gristmill.collect._xml import MAX_DEPTH, MAX_ELEMENTS, BadXml, parsed

EPUB = {"http://www.idpf.org/2007/ops": "epub"}


def page_tree(data: bytes) -> Element:
    """The root element of a page, well-formed or not."""
    try:
        return parsed(data, EPUB)
    except BadXml:
        return html_tree(data)


def html_tree(data: bytes) -> Element:
    """A page as browsers read it: what is not closed ends somewhere, what is not known is an element all the same."""
    try:
        page = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        page = data.decode(detect_encoding(data) or "latin-1", "replace")
    body = HTMLTree.parse(page).body
    root = Element("html")
    if body is None:
        return root
    depth, count = 1, 0
    node: Node | None = body.first_child
    target = SubElement(root, "body")
    parents = [root]
    while node is not None:
        if isinstance(node, ElementNode):
            count += 1
            made = SubElement(target, node.tag or "", {name: node.getattr(name) or "" for name in node.attrs or ()})
            if node.first_child is not None:
                parents.append(target)
                target, node, depth = made, node.first_child, depth + 1
                if depth > MAX_DEPTH or count > MAX_ELEMENTS:
                    raise Unreadable(f"a page is nested deeper than {MAX_DEPTH} elements")
                continue
        elif node.type == NodeType.TEXT:
            _append(target, node.value or "")
        while node is not None and node.next is None and depth > 1:
            node, target, depth = node.parent, parents.pop(), depth - 1
        node = node.next if node is not None else None
    return root


def _append(target: Element, text: str) -> None:
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text
