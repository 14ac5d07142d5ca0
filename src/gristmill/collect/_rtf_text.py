"""The text of an RTF file, written as prose while its tokens come by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from gristmill.collect._documents import Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._folding import folded
from gristmill.collect._rtf_blocks import Blocks
from gristmill.collect._rtf_codes import BY_CHARSET, BY_WORD, SIGNS, SYMBOL_CHARSET, by_page
from gristmill.collect._rtf_tokens import Token, tokens
from gristmill.collect._rtf_words import FACTS, OPTIONAL, SKIPPED
from gristmill.collect._scripts import lowered, raised

MAX_DEPTH = 1000
"""Groups within each other."""


_LONGEST_FACT = 10_000


@dataclass(slots=True)
class _State:
    """What a group inherits: where its text goes, and how it is coded."""

    into: str = "text"  # or "nothing", "font", "styles", "style", "mark", "info", or the name of a fact
    codec: str | None = None  # of the current font
    fallback: int = 1  # characters that follow a `\u` for programs that do not know it
    is_hidden: bool = False
    position: str = ""
    closes: bool = False  # whether the end of the group ends what it began


class RtfText:
    """Writes into a flow; afterwards `facts` says what the file says of itself."""

    def __init__(self, flow: Flow) -> None:
        self.facts: dict[str, str] = {}
        self._flow = flow
        self._state = _State()
        self._stack: list[_State] = []
        self._asides: list[tuple[ExitStack, list[str], str]] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str | None] = {}
        self._font = self._style = 0
        self._bytes = bytearray()
        self._held: list[str] = []  # the text of a fact or of the mark of an item
        self._high = 0  # the first half of a character beyond 16 bits
        self._to_skip = 0
        self._is_optional = False
        self._notes = 0
        self._blocks = Blocks(flow)
        self._words: dict[bytes, Callable[[int | None], None]] = {
            b"par": lambda number: self._end_paragraph(),
            b"page": lambda number: self._end_paragraph(),
            b"sect": lambda number: self._end_paragraph(),
            b"line": lambda number: self._flow.line_break() if self._is_text else None,
            b"pard": lambda number: self._blocks.begin() if self._state.into == "text" else None,
            b"cell": lambda number: self._blocks.end_cell() if self._is_text else None,
            b"nestcell": lambda number: self._put(" "),
            b"row": lambda number: self._blocks.end_row() if self._is_text else None,
            b"intbl": lambda number: self._blocks.set_row(number != 0),
            b"u": self._unicode,
            b"uc": self._set_fallback,
            b"f": self._set_font,
            b"fcharset": self._set_charset,
            b"cpg": self._set_page,
            b"ansicpg": self._set_default,
            b"v": self._hide,
            b"deleted": self._hide,
            b"htmlrtf": self._hide,
            b"plain": lambda number: self._reset(),
            b"super": lambda number: self._set_position("super" if number != 0 else ""),
            b"sub": lambda number: self._set_position("sub" if number != 0 else ""),
            b"nosupersub": lambda number: self._set_position(""),
            b"s": self._set_style,
            b"outlinelevel": lambda number: self._blocks.set_level(number or 0) if self._is_text else None,
            b"ilvl": lambda number: self._blocks.set_depth(number or 0),
        }

    def read(self, data: bytes) -> None:
        for token in tokens(data):
            if token.kind == "text":
                self._text(token)
                continue
            self._decode()
            if token.kind == "brace":
                if token.value == b"{":
                    self._open()
                elif not self._stack:
                    break  # more than was opened: what follows is no part of the document
                else:
                    self._close()
                    if not self._stack:
                        break
            elif token.kind == "symbol":
                self._symbol(token.value)
            else:
                self._word(token)
        self._decode()
        if self._stack:
            raise Unreadable(f"the file is cut off: {len(self._stack)} of its groups do not end")
        self._end_paragraph()
        self._blocks.end_table()

    # Text

    @property
    def _is_text(self) -> bool:
        return self._state.into == "text" and not self._state.is_hidden

    def _text(self, token: Token) -> None:
        value = token.value
        if self._to_skip:
            passed = min(self._to_skip, len(value))
            self._to_skip -= passed
            value = value[passed:]
        self._is_optional = False
        self._bytes += value

    def _decode(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            codec = self._state.codec or self._codec
            self._put(data.decode(codec, "replace") if codec != "symbol" else _of_signs(data))

    def _put(self, text: str) -> None:
        state = self._state
        if state.into in ("text", "mark") and state.is_hidden:
            return
        if state.into == "text":
            if state.position:
                text = raised(text) if state.position == "super" else lowered(text)
            self._flow.put(text)
        elif state.into != "nothing" and len(self._held) < _LONGEST_FACT:
            self._held.append(text)

    def _unicode(self, number: int | None) -> None:
        code = (number or 0) & 0xFFFF
        self._to_skip = self._state.fallback
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000:
            if self._high:
                self._put(chr(0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00))
        elif code:
            self._put(chr(code))
        self._high = 0

    # Groups

    def _open(self) -> None:
        if len(self._stack) == MAX_DEPTH:
            raise Unreadable(f"the groups of the file are nested deeper than {MAX_DEPTH}")
        self._to_skip = 0
        self._stack.append(self._state)
        self._state = replace(self._state, closes=False)

    def _close(self) -> None:
        state = self._state
        self._to_skip = 0
        self._is_optional = False
        if state.closes:
            self._end(state.into)
        self._state = self._stack.pop()

    def _end(self, into: str) -> None:
        """End what the group that closes has begun."""
        if into == "text":
            self._flow.end_block()
            aside, found, label = self._asides.pop()
            aside.close()
            self._flow.note(label, found[0])
            return
        text = folded("".join(self._held))
        self._held = []
        if into == "style":
            self._blocks.name_style(self._style, text.rstrip(";").lower())
            self._style = 0
        elif into == "mark":
            self._blocks.set_mark(text.strip("()."))
        elif into not in ("font", "nothing") and text:
            self.facts[into] = text

    def _begin(self, into: str) -> None:
        self._state.into, self._state.closes = into, True
        self._held = []

    def _symbol(self, value: bytes) -> None:
        if self._to_skip and value not in (b"*",):
            self._to_skip -= 1
        elif value == b"*":
            self._is_optional = True
        elif value in (b"\n", b"\r"):
            self._end_paragraph()
        elif value in b"\\{}":
            self._bytes += value
        elif value == b"~":
            self._put("\u00a0")
        elif value == b"_":
            self._put("\u2011")

    # Words

    def _word(self, token: Token) -> None:
        word = token.value
        optional, self._is_optional = self._is_optional, False
        if self._to_skip and word in SIGNS:
            self._to_skip -= 1
        elif word in SKIPPED or (optional and word not in OPTIONAL):
            self._state.into, self._state.closes = "nothing", False
        elif self._state.into == "nothing":
            if word == b"ud":
                self._state.into = "text"
        elif word in SIGNS:
            self._put(SIGNS[word])
        elif word in self._words:
            self._words[word](token.number)
        elif word in BY_WORD:
            self._codec = BY_WORD[word]
        else:
            self._destination(word)

    def _destination(self, word: bytes) -> None:
        if word == b"fonttbl":
            self._state.into = "font"
        elif word == b"stylesheet":
            self._state.into = "styles"
        elif word == b"info":
            self._state.into = "info"
        elif word in FACTS and self._state.into == "info":
            self._begin(FACTS[word])
        elif word in (b"listtext", b"pntext") and self._state.into == "text":
            self._begin("mark")
        elif word == b"footnote" and self._state.into == "text" and not self._asides:
            self._begin_note()

    def _begin_note(self) -> None:
        self._notes += 1
        label = str(self._notes)
        self._flow.mark(label)
        stack = ExitStack()
        self._asides.append((stack, stack.enter_context(self._flow.aside()), label))
        self._state.closes = True

    def _set_fallback(self, number: int | None) -> None:
        self._state.fallback = min(max(number if number is not None else 1, 0), 16)

    def _set_font(self, number: int | None) -> None:
        self._font = number or 0
        self._state.codec = self._fonts.get(self._font)

    def _set_charset(self, number: int | None) -> None:
        self._fonts[self._font] = "symbol" if number == SYMBOL_CHARSET else BY_CHARSET.get(number or 0)

    def _set_page(self, number: int | None) -> None:
        self._fonts[self._font] = by_page(number or 0)

    def _set_default(self, number: int | None) -> None:
        self._codec = by_page(number or 0)

    def _hide(self, number: int | None) -> None:
        self._state.is_hidden = number != 0

    def _set_position(self, position: str) -> None:
        self._state.position = position

    def _reset(self) -> None:
        self._state.is_hidden, self._state.position, self._state.codec = False, "", None

    def _set_style(self, number: int | None) -> None:
        if self._state.into == "styles":
            self._style = number or 0
            self._begin("style")
        else:
            self._blocks.set_style(number or 0)

    def _end_paragraph(self) -> None:
        if self._state.into == "text":
            self._blocks.end_paragraph(is_note=bool(self._asides))


def _of_signs(data: bytes) -> str:
    """Text in a font of signs: bullets are told, other signs are left out."""
    return "".join("•" if byte == 0xB7 else chr(byte) if byte in b" \t" else "" for byte in data)
