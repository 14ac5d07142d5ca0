"""Rows with places in a text: entities as tagged tokens or as spans, and extractive questions as in SQuAD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from gristmill.records.formats.exchange import text_field
from gristmill.records.formats.fields import plain_label
from gristmill.records.formats.format import (
    Content,
    Evidence,
    Format,
    Reading,
    Row,
    UnreadableRowError,
    UnwritableRecordError,
    Written,
)
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import a
from gristmill.records.formats.shape import EMPTY_LIST, LISTS, NUMBERS, STRINGS, TEXTS, Shape
from gristmill.records.formats.writing import add_metadata

Span = dict[str, Any]


def _read_tokens(tags: str, row: Row) -> Reading:
    """The text is the tokens with a space between them; tokens that have a space in them stay a list."""
    tokens, labels = row.get("tokens"), row.get(tags)
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise UnreadableRowError("`tokens` is no list of texts")
    if not isinstance(labels, list) or len(labels) != len(tokens):
        count = len(labels) if isinstance(labels, list) else 0
        raise UnreadableRowError(f"there are {len(tokens)} `tokens` and {count} `{tags}`")
    text = " ".join(tokens)
    joined = bool(tokens) and text.split(" ") == tokens
    content: Content = {"input": {"text": text} if joined else {"tokens": tokens}, "label": plain_label(labels, tags)}
    spans = tagged_spans(tokens, labels) if joined else []
    if spans:
        content["spans"] = spans
    metadata = others(row, {"tokens", tags, "id"})
    return Reading(content, metadata, row_id(row, metadata))


def tagged_spans(tokens: list[str], tags: list[Any]) -> list[Span]:
    """The entities that tags of the kind B-PER, I-PER, O name; a number says no name, so it makes no span."""
    spans: list[Span] = []
    at, running = 0, ""
    for token, tag in zip(tokens, tags, strict=True):
        begin, _, name = tag.partition("-") if isinstance(tag, str) else ("O", "", "")
        end = at + len(token)
        if name and begin in ("I", "E") and running == name:
            spans[-1]["end"] = end
        elif name and begin in ("B", "I", "S", "E", "U"):
            spans.append({"start": at, "end": end, "label": name})
        running = name if begin in ("B", "I") else ""
        at = end + 1
    return spans


def _write_tokens(tags: str, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    given, labels = content["input"], content.get("label")
    tokens = given["text"].split(" ") if isinstance(given.get("text"), str) else given.get("tokens")
    if not isinstance(tokens, list) or not isinstance(labels, list) or len(tokens) != len(labels):
        raise UnwritableRecordError("the label is no list with a tag for each word of the text")
    lost = [key for key in content if key not in ("input", "label", "spans")]
    lost.extend(f"the input `{field}`" for field in given if field not in ("text", "tokens"))
    if content.get("spans", []) != (tagged_spans(tokens, labels) if "text" in given else []):
        lost.append("the spans, which are not those of the tags")
    row: Row = {}
    put_id(row, id, metadata)
    row["tokens"], row[tags] = tokens, labels
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise_tokens(tags: str, shape: Shape) -> Evidence | None:
    if shape.get("tokens") in (TEXTS, EMPTY_LIST) and shape.get(tags) in (TEXTS, NUMBERS, EMPTY_LIST):
        return Evidence(f"`tokens` is a list of texts beside the list `{tags}`", 30)
    return None


_STARTS, _ENDS, _NAMES = ("start", "start_offset", "begin"), ("end", "end_offset"), ("label", "type", "entity", "tag")


def _read_entities(field: str, row: Row) -> Reading:
    text = text_field(row, "text")
    found = row.get(field)
    if not isinstance(found, list):
        raise UnreadableRowError(f"`{field}` is {a(found)}; a list of spans is wanted")
    spans = [_span(item, text, f"span {n} of `{field}`") for n, item in enumerate(found, 1)]
    metadata = others(row, {"text", field, "id"})
    return Reading({"input": {"text": text}, "spans": spans}, metadata, row_id(row, metadata))


def _span(item: object, text: str, where: str) -> Span:
    if isinstance(item, list) and len(item) == 3:
        start, end, label = item
        rest: dict[str, Any] = {}
    elif isinstance(item, dict):
        keys = [next((k for k in names if k in item), names[0]) for names in (_STARTS, _ENDS, _NAMES)]
        start, end, label = (item.get(key) for key in keys)
        rest = {key: value for key, value in item.items() if key not in keys}
    else:
        raise UnreadableRowError(f"{where} is {a(item)}; an object or [start, end, label] is wanted")
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in (start, end)):
        raise UnreadableRowError(f"{where} has no whole numbers as start and end")
    if not 0 <= start <= end <= len(text):
        raise UnreadableRowError(f"{where} goes from {start} to {end}, and the text has {len(text)} characters")
    if not isinstance(label, str):
        raise UnreadableRowError(f"{where} has no label")
    return {"start": start, "end": end, "label": label, **rest}


def _write_entities(field: str, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    if "text" not in content["input"] or "spans" not in content:
        raise UnwritableRecordError("there is no `text` with spans")
    lost = [f"the input `{name}`" for name in content["input"] if name != "text"]
    lost.extend(key for key in content if key not in ("input", "spans"))
    row: Row = {}
    put_id(row, id, metadata)
    row["text"] = content["input"]["text"]
    row[field] = content["spans"]
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise_entities(field: str, shape: Shape) -> Evidence | None:
    kind = shape.get(field)
    if shape.get("text") not in STRINGS or kind is None:
        return None
    objects = kind.name == "objects" and any(k in kind.keys for k in _STARTS) and any(k in kind.keys for k in _ENDS)
    if objects or kind == LISTS or (kind == EMPTY_LIST and field != "label"):
        return Evidence(f"`{field}` is a list of spans of `text`", 28)
    return None


def _unfold_squad(rows: Iterable[Row]) -> Iterator[Row]:
    """Questions of SQuAD's nested file, or of flat rows as they are."""
    for row in rows:
        articles = row.get("data") if isinstance(row.get("data"), list) else [row] if "paragraphs" in row else None
        if articles is None:
            yield row
            continue
        for article in articles:
            for paragraph in article.get("paragraphs", ()):
                for question in paragraph.get("qas", ()):
                    title = {"title": article["title"]} if "title" in article else {}
                    yield {**title, "context": paragraph.get("context"), **question}


def _read_squad(row: Row) -> Reading:
    context = text_field(row, "context")
    answers = row.get("answers")
    if isinstance(answers, dict):
        texts, starts = answers.get("text"), answers.get("answer_start")
    elif isinstance(answers, list) and all(isinstance(answer, dict) for answer in answers):
        texts, starts = [x.get("text") for x in answers], [x.get("answer_start") for x in answers]
    else:
        texts = starts = None
    if not isinstance(texts, list) or not isinstance(starts, list) or len(texts) != len(starts):
        raise UnreadableRowError("`answers` does not hold as many `text` as `answer_start`")
    content: Content = {"input": {"context": context, "question": text_field(row, "question")}}
    metadata = others(row, {"context", "question", "answers", "id"})
    spans = [
        {"start": start, "end": start + len(text), "label": "answer"}
        for text, start in zip(texts, starts, strict=True)
        if isinstance(text, str) and isinstance(start, int) and context.startswith(text, start)
    ]
    notes: tuple[str, ...] = ()
    if texts and isinstance(texts[0], str):
        content["target"] = texts[0]
    if len(spans) == len(texts):
        content["spans"] = spans
    else:
        metadata["answers"] = answers
        notes = ("an answer does not stand in the context where `answer_start` says",)
    return Reading(content, metadata, row_id(row, metadata), notes)


def _write_squad(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    given = content["input"]
    if "context" not in given or "question" not in given:
        raise UnwritableRecordError("the input has no `context` and `question`")
    lost = [f"the input `{name}`" for name in given if name not in ("context", "question")]
    lost.extend(key for key in content if key not in ("input", "target", "spans"))
    row: Row = {}
    put_id(row, id, metadata)
    row["context"], row["question"] = given["context"], given["question"]
    if "spans" in content:
        spans = content["spans"]
        texts = [given["context"][span["start"] : span["end"]] for span in spans]
        row["answers"] = {"text": texts, "answer_start": [span["start"] for span in spans]}
        if content.get("target", texts[0] if texts else None) != (texts[0] if texts else None):
            lost.append("the target, which is not the first answer in the context")
        if any(set(span) != {"start", "end", "label"} or span["label"] != "answer" for span in spans):
            lost.append("the labels of the spans")
    elif "answers" not in metadata:
        raise UnwritableRecordError("there is no place of an answer")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise_squad(shape: Shape) -> Evidence | None:
    kind = shape.get("answers")
    flat = shape.get("context") in STRINGS and shape.get("question") in STRINGS
    if flat and kind is not None and (kind == EMPTY_LIST or {"text", "answer_start"} <= kind.keys):
        return Evidence("there are `context` and `question`, and `answers` has `text` and `answer_start`", 34)
    data = shape.get("data")
    if data is not None and "paragraphs" in data.keys:
        return Evidence("`data` is a list of articles with `paragraphs`", 34)
    paragraphs = shape.get("paragraphs")
    if paragraphs is not None and "qas" in paragraphs.keys:
        return Evidence("`paragraphs` is a list of objects with `qas`", 34)
    return None


def _tokens(tags: str) -> Format:
    return Format(
        f"tokens_{tags}",
        "example",
        f"Tagged tokens (`tokens`, `{tags}`)",
        ("tokens", tags),
        partial(_recognise_tokens, tags),
        partial(_read_tokens, tags),
        partial(_write_tokens, tags),
    )


def _entities(field: str) -> Format:
    return Format(
        f"text_{field}",
        "example",
        f"A text and its spans in `{field}`",
        ("text", field),
        partial(_recognise_entities, field),
        partial(_read_entities, field),
        partial(_write_entities, field),
    )


FORMATS = (
    *(_tokens(tags) for tags in ("ner_tags", "tags", "labels", "pos_tags")),
    *(_entities(field) for field in ("entities", "spans", "label", "labels")),
    Format(
        "squad",
        "example",
        "Extractive questions (SQuAD), nested or flat",
        ("context", "question", "answers"),
        _recognise_squad,
        _read_squad,
        _write_squad,
        _unfold_squad,
    ),
)
