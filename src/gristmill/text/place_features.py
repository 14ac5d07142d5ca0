"""Features of a block by where on the page it is: what the page has in all, headings before, long paragraphs near."""

from __future__ import annotations

from gristmill.text.html_layout import ELEMENT, FIRST, LAST, TAG, Table
from gristmill.text.html_names import NUMBERS
from gristmill.text.jit import part, small_part
from gristmill.text.page_sums import ALL, LINKED_WORDS, MEAN, PHRASE, PROSE, SCORED, Scores, Sums, is_prose

_PAGE = (
    "page_words", "page_blocks", "page_links", "page_paragraphs", "page_prose", "page_h1", "page_articles",
    "page_mains", "page_text", "page_longest_article",
)  # fmt: skip
NAMES = (
    *_PAGE, "place", "words_before", "from_h1", "words_from_h1", "behind_h1", "words_from_heading", "heading_text",
    "heading_level", "from_prose", "to_prose", "last_words", "last_links", "last_tag", "last_text",
    "last_phrase", "next_words", "next_links", "next_tag", "next_text", "next_phrase", "heading_phrase",
)  # fmt: skip

_H1, _H2, _H3, _H4, _H5, _H6, _P, _ARTICLE, _MAIN = (
    NUMBERS[n] for n in ["h1", "h2", "h3", "h4", "h5", "h6", "p", "article", "main"]
)
_FAR = 999


@small_part
def _level(tag: int) -> int:
    """The level of a heading, 0 of any other element."""
    for level in range(1, 7):
        if tag == (_H1, _H2, _H3, _H4, _H5, _H6)[level - 1]:
            return level
    return 0


@part
def page_features(blocks: Table, elements: Table, sums: Sums, page: Scores) -> int:
    """Write what is the same for all blocks, the first of NAMES; the block that is the first `h1`, or -1."""
    count = len(blocks)
    words = max(sums[count, ALL], 1.0)
    first = -1
    headings = paragraphs = 0.0
    for b in range(count):
        tag = elements[blocks[b, ELEMENT], TAG]
        if tag == _H1:
            headings += 1
            first = b if first < 0 else first
        elif tag == _P:
            paragraphs += sums[b + 1, ALL] - sums[b, ALL]
    articles = mains = longest = 0.0
    for e in range(len(elements)):
        tag = elements[e, TAG]
        if tag == _ARTICLE:
            articles += 1
            longest = max(longest, sums[min(elements[e, LAST], count), ALL] - sums[elements[e, FIRST], ALL])
        mains += tag == _MAIN
    page[0], page[1], page[2] = words, count, sums[count, LINKED_WORDS] / words
    page[3], page[4], page[5] = paragraphs / words, sums[count, PROSE] / words, headings
    page[6], page[7], page[8], page[9] = articles, mains, sums[count, SCORED] / words, longest / words
    return first


@part
def _neighbour(blocks: Table, elements: Table, sums: Sums, scores: Scores, b: int, row: Scores, at: int) -> None:
    row[at : at + 5] = -1
    if 0 <= b < len(blocks):
        words = sums[b + 1, ALL] - sums[b, ALL]
        row[at] = words
        row[at + 1] = (sums[b + 1, LINKED_WORDS] - sums[b, LINKED_WORDS]) / max(words, 1.0)
        row[at + 2] = elements[blocks[b, ELEMENT], TAG]
        row[at + 3], row[at + 4] = scores[b, MEAN], scores[b, PHRASE]


@part
def place_features(
    blocks: Table, elements: Table, sums: Sums, scores: Scores, page: Scores, h1: int, out: Scores
) -> None:
    """Write the features NAMES of each block."""
    count = len(blocks)
    heading = prose = -1
    level = 0
    for b in range(count):
        row = out[b]
        for k in range(10):
            row[k] = page[k]
        row[10], row[11] = b / count, sums[b, ALL] / page[0]
        row[12] = b - h1 if h1 >= 0 else -9999
        row[13] = sums[b, ALL] - sums[h1, ALL] if h1 >= 0 else -99999
        row[14] = b >= h1 if h1 >= 0 else 2
        row[15] = sums[b, ALL] - sums[heading, ALL] if heading >= 0 else -1
        row[16] = scores[heading, MEAN] if heading >= 0 else 0
        row[17], row[30] = level, scores[heading, PHRASE] if heading >= 0 else 0
        row[18] = b - prose if prose >= 0 else _FAR
        own = _level(elements[blocks[b, ELEMENT], TAG])
        if own:
            heading, level = b, own
        if is_prose(blocks[b], 20):
            prose = b
        _neighbour(blocks, elements, sums, scores, b - 1, row, 20)
        _neighbour(blocks, elements, sums, scores, b + 1, row, 25)
    prose = -1
    for k in range(count):
        b = count - 1 - k
        out[b, 19] = prose - b if prose >= 0 else _FAR
        if is_prose(blocks[b], 20):
            prose = b
