"""Which stretches of a rendered conversation are trained on, and which of its tokens those are.

Three ways lead to the stretches, each exact or refused:

1. `{% generation %}` blocks, where the template has them: markers are put around them and taken out again.
2. Prefixes. What the template renders up to an answer, and up to its end, must both be prefixes of the whole.
3. Placeholders, where they are none (a template that ends the last answer otherwise, or begins a prompt otherwise).
   Every answer is replaced by a word that stands nowhere else; what is rendered around the words must then stand
   around the answers, and the token that ends a turn must follow.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gristmill.records.chat.chat_template import CannotRender, ChatTemplate, Message, Span
from gristmill.records.chat.tokenizer import Tokenizer, Tokens

Trained = Literal["assistant", "last", "all"]

IGNORED = -100
"""The label of a token that is not trained on, as PyTorch's cross entropy skips it."""


@dataclass(frozen=True)
class Rendered:
    """A conversation as text, with the stretches that are trained on and the weight of each."""

    text: str
    spans: tuple[Span, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Weighed:
    """A conversation as tokens, with the weight of each in the loss."""

    ids: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The tokens to be learnt, `IGNORED` where the weight is 0."""
        return np.where(self.weights > 0, self.ids, IGNORED)


def rendered(
    template: ChatTemplate,
    messages: Sequence[Message],
    tools: Sequence[Any] | None = None,
    *,
    trained: Trained = "assistant",
    endings: Sequence[str] = (),
) -> Rendered:
    """The text of a conversation and what of it is trained on. Raises CannotRender.

    A message's `weight` (0 to 1, of an assistant) is that of its stretch. `endings` are the tokens that may end a turn.
    """
    if trained == "all":
        text = template.render(messages, tools)
        return Rendered(text, ((0, len(text)),) if text else (), (1.0,) if text else ())
    answers = [index for index, message in enumerate(messages) if message.get("role") == "assistant"]
    weights = [_weight(messages[index]) for index in answers]
    text, spans = _answers(template, messages, tools, answers, endings)
    if len(spans) != len(answers):
        if trained == "last" or any(weight != 1 for weight in weights):
            raise CannotRender(
                f"the template marks {len(spans)} stretches as generated, and the assistant has {len(answers)} messages"
            )
        weights = [1.0] * len(spans)
    if trained == "last" and spans:
        spans, weights = spans[-1:], weights[-1:]
    return Rendered(text, tuple(spans), tuple(weights))


def weighed(tokenizer: Tokenizer, conversations: Sequence[Rendered]) -> list[Weighed]:
    """The tokens of each conversation with their weights.

    A text is cut into tokens whole, as a model reads it. Where a token would then reach over the end of a stretch, the
    text is cut there first, as it is when a model goes on from a prompt: so every token stands within a stretch or
    outside. Where the tokenizer cannot (it puts a space before every text), a token belongs where its last letter does.
    """
    return [
        _weigh(_apart(tokenizer, one, tokens), one)
        for one, tokens in zip(conversations, tokenizer.encode([one.text for one in conversations]), strict=True)
    ]


def _weight(message: Mapping[str, Any]) -> float:
    weight = message.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
        raise CannotRender(f"a message has the weight {weight!r}, and weights are from 0 to 1")
    return float(weight)


def _answers(
    template: ChatTemplate,
    messages: Sequence[Message],
    tools: Sequence[Any] | None,
    answers: Sequence[int],
    endings: Sequence[str],
) -> tuple[str, list[Span]]:
    if template.marks_generation:
        return template.render_marked(messages, tools)
    text = template.render(messages, tools)
    spans = _by_prefixes(template, messages, tools, answers, text)
    if spans is None:
        spans = _by_placeholders(template, messages, tools, answers, text, endings)
    return text, spans


def _by_prefixes(
    template: ChatTemplate, messages: Sequence[Message], tools: Sequence[Any] | None, answers: Sequence[int], text: str
) -> list[Span] | None:
    """The stretches, or None where what comes later changes what was rendered before."""
    spans: list[Span] = []
    for index in answers:
        try:
            before = template.render(messages[:index], tools, prompt=True)
            after = text if index + 1 == len(messages) else template.render(messages[: index + 1], tools)
        except CannotRender:
            return None
        if not text.startswith(before) or not text.startswith(after) or len(after) < len(before):
            return None
        spans.append((len(before), max(len(before), len(after.rstrip()))))
    return spans


def _by_placeholders(
    template: ChatTemplate,
    messages: Sequence[Message],
    tools: Sequence[Any] | None,
    answers: Sequence[int],
    text: str,
    endings: Sequence[str],
) -> list[Span]:
    for index in answers:
        message = messages[index]
        if message.get("reasoning") or message.get("tool_calls") or not isinstance(message.get("content"), str):
            raise CannotRender(
                "the template renders a conversation otherwise once it goes on, so what the assistant generates in "
                f"message {index + 1} (reasoning, tool calls or parts) cannot be found exactly: use a template with "
                "{% generation %} blocks"
            )
    word = _unused(text)
    words = {index: f"{word}{number}{word}" for number, index in enumerate(answers)}
    replaced = [{**message, "content": words[i]} if i in words else message for i, message in enumerate(messages)]
    around = template.render(replaced, tools)
    spans: list[Span] = []
    at = 0
    for index in answers:
        before, found, around = around.partition(words[index])
        at += len(before)
        content = messages[index]["content"]
        # What stands behind it, up to the next answer, tells apart the ways in which templates trim.
        behind = around.partition(word)[0]
        forms = (content, content.strip(), content.lstrip(), content.rstrip())
        form = next((form for form in forms if text.startswith(form + behind, at)), None)
        if not found or form is None or not text.startswith(before, at - len(before)):
            raise CannotRender(
                f"the template changes the text of message {index + 1}, so it cannot be told what is trained on"
            )
        spans.append((at, _with_ending(text, at + len(form), endings)))
        at += len(form)
    if text[at:] != around:
        raise CannotRender("the template renders an answer twice, so it cannot be told what is trained on")
    return spans


def _unused(text: str) -> str:
    """A word of letters that does not stand in the text: one of a million is bound to be free in one shorter."""
    return next(word for number in range(1 << 20) if (word := f"Zq{number}x") not in text)


def _with_ending(text: str, at: int, endings: Sequence[str]) -> int:
    """Behind the token that ends the turn, which a space or a line feed may part from the answer."""
    for gap in range(2):
        if gap and not text[at : at + gap].isspace():
            break
        for ending in endings:
            if ending and text.startswith(ending, at + gap):
                return at + gap + len(ending)
    return at


def _apart(tokenizer: Tokenizer, one: Rendered, tokens: Tokens) -> Tokens:
    edges = np.unique(np.array(one.spans, np.int64).ravel())
    # The last token that begins before an edge reaches over it, or none does.
    last = np.searchsorted(tokens.begins, edges, "left") - 1
    torn = edges[(last >= 0) & (tokens.ends[last] > edges)] if len(tokens.ids) else edges[:0]
    if not len(torn):
        return tokens
    cuts = [0, *torn.tolist(), len(one.text)]
    parts = tokenizer.encode([one.text[a:b] for a, b in itertools.pairwise(cuts)])
    joined = Tokens(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.begins + cut for part, cut in zip(parts, cuts, strict=False)]),
        np.concatenate([part.ends + cut for part, cut in zip(parts, cuts, strict=False)]),
    )
    same = tokenizer.decode(joined.ids.tolist()) == tokenizer.decode(tokens.ids.tolist())
    return joined if same else tokens


def _weigh(tokens: Tokens, one: Rendered) -> Weighed:
    weights = np.zeros(len(tokens.ids), np.float32)
    if one.spans:
        begins, ends = np.array(one.spans, np.int64).T
        last_letters = np.maximum(tokens.ends - 1, tokens.begins)
        span = np.searchsorted(begins, last_letters, "right") - 1
        inside = (span >= 0) & (last_letters < ends[span])
        weights[inside] = np.array(one.weights, np.float32)[span[inside]]
    return Weighed(tokens.ids, weights)
