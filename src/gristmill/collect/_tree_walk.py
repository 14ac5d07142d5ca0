"""Walks a tree of XML in its order: elements with a maker of their own, blocks, and what is only passed through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from xml.etree.ElementTree import Element

from gristmill.collect._flow import Flow


class TreeWalk:
    """Writes elements into a flow. Those `skipped` go with all that is in them; `blocks` end what stands before."""

    def __init__(self, flow: Flow, skipped: Collection[str], blocks: Collection[str]) -> None:
        self._flow = flow
        self._skipped, self._blocks = skipped, blocks
        self._makers: Mapping[str, Callable[[Element], None]] = {}

    def _children(self, element: Element) -> None:
        self._flow.put(element.text)
        for child in element:
            self._element(child)
            self._flow.put(child.tail)

    def _element(self, element: Element) -> None:
        tag = element.tag
        if tag in self._skipped:
            return
        make = self._makers.get(tag)
        if make is not None:
            make(element)
        elif tag in self._blocks:
            self._flow.end_block()
            self._children(element)
            self._flow.end_block()
        else:
            self._children(element)
