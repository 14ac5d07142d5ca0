"""Rows as they are published: detected as what they are, read, and written again as the same rows."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gristmill.records.formats import FORMATS, NAMED, detect, read_any

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
# Texts that begin like a list, a transcript or Harmony are told apart on purpose, and said() has a test of its own.
text = words.filter(lambda text: text[:1] not in ("\n", "<", "[")) | st.sampled_from(["a\n\nb", "a\n\n", "1. x\n\n\ny"])
full = text.filter(bool)
scores = st.integers(0, 9) | st.sampled_from([0.5, 2.25])


def rows(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    extra = {"id": full, "source": text, "rows_before": st.lists(st.integers(), max_size=2)}
    return st.fixed_dictionaries(fields, optional=extra)


def listed(role: str, content: str, user: str, assistant: str, **more: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    asks = st.fixed_dictionaries({role: st.just(user), content: text}, optional={"note": text})
    answers = st.fixed_dictionaries({role: st.just(assistant), content: text}, optional={"note": text, **more})
    pairs = st.lists(st.tuples(asks, answers), min_size=1, max_size=3)
    return pairs.map(lambda pairs: [copy.deepcopy(message) for pair in pairs for message in pair])


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


chat = listed("role", "content", "user", "assistant", reasoning_content=text, weight=st.integers(0, 1))
strict_asks = objects(role=st.just("user"), content=text)
strict_answers = objects(role=st.just("assistant"), content=text, weight=st.integers(0, 1))
strict = st.tuples(objects(role=st.just("user"), content=text, name=text), strict_answers).map(list)
share = listed("from", "value", "human", "gpt", markdown=text)
answer = st.tuples(objects(role=st.just("assistant"), content=text)).map(list)
two_answers = st.tuples(answer, answer).filter(lambda pair: pair[0] != pair[1])
tokens = st.lists(
    st.tuples(st.sampled_from(["Paris", "is", "nice", ".", "x"]), st.sampled_from(["O", "B-LOC", "I-LOC"])), min_size=1
)
context = st.text("abc ", min_size=1, max_size=20)


def transcript(turns: list[str]) -> str:
    return "".join(f"\n\n{'Assistant' if n % 2 else 'Human'}: {turn}" for n, turn in enumerate(turns))


said = st.lists(st.text("ab\n:", max_size=5).filter(lambda t: "\n\n" not in t), min_size=2, max_size=5)
PUBLISHED: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "messages": rows(messages=listed("role", "content", "user", "assistant", reasoning_content=text)),
    "openai": rows(
        messages=st.tuples(objects(role=st.just("user"), content=text, weight=st.just(1)), strict_answers).map(list)
    ),
    "openai_functions": rows(
        messages=st.just(
            [
                {"role": "user", "content": "Weather?"},
                {
                    "role": "assistant",
                    "content": None,
                    "function_call": {"name": "weather", "arguments": '{"at": "x"}'},
                },
                {"role": "function", "content": "12", "name": "weather"},
            ]
        ),
        functions=st.just([{"name": "weather", "parameters": {}}]),
    ),
    "sharegpt": rows(conversations=share),
    "sharegpt_system": rows(conversations=share, system=text),
    "sharegpt_items": rows(items=share),
    "conversation_from_value": rows(conversation=share),
    "messages_from_value": rows(messages=share),
    "conversations": rows(conversations=chat),
    "conversation": rows(conversation=chat),
    "dialogue": rows(dialogue=chat),
    "alpaca": rows(
        instruction=text,
        input=text,
        output=text,
        system=full,
        history=st.lists(st.lists(text, min_size=2, max_size=2), min_size=1),
    )
    | rows(instruction=text, input=text, output=text),
    "gpteacher": rows(instruction=text, input=text, response=text),
    "dolly": rows(instruction=text, context=text, response=text, category=text),
    "prompt_completion": rows(prompt=text, completion=text),
    "prompt_response": rows(prompt=text, response=text),
    "question_answer": rows(question=text, answer=text),
    "query_response": rows(query=text, response=text),
    "question_response": rows(question=text, response=text),
    "instruction_response": rows(instruction=text, response=text).filter(lambda row: False) | st.nothing(),
    "prompt_completion_messages": rows(prompt=st.tuples(strict_asks).map(list), completion=answer),
    "prompt": rows(prompt=text) | rows(prompt=chat.map(lambda messages: messages[:-1]).filter(lambda m: len(m) > 1)),
    "transcript": rows(text=said.map(transcript)),
    "harmony": rows(
        text=st.just(
            "<|start|>system<|message|>You are ChatGPT.\nReasoning: high<|end|>"
            "<|start|>developer<|message|># Instructions<|end|><|start|>user<|message|>Weather in Tokyo?<|end|>"
            "<|start|>assistant<|channel|>analysis<|message|>Look it up.<|end|>"
            "<|start|>assistant<|channel|>commentary to=functions.weather <|constrain|>json<|message|>"
            '{"at":"Tokyo"}<|call|>'
            "<|start|>functions.weather to=assistant<|channel|>commentary<|message|>{}<|end|>"
            "<|start|>assistant<|channel|>analysis<|message|>So.<|end|>"
            "<|start|>assistant<|channel|>final<|message|>Sunny.<|return|>"
        )
    ),
    "mt_bench": objects(
        question_id=st.integers(0, 99), category=text, turns=st.lists(text, min_size=1), reference=st.lists(text)
    ),
    "openai_preference": rows(
        input=objects(
            messages=st.tuples(strict_asks).map(list),
            tools=st.just([{"type": "function"}]),
            parallel_tool_calls=st.booleans(),
        ),
        preferred_output=answer,
        non_preferred_output=answer,
    ),
    "preference": rows(prompt=text, chosen=text, rejected=text, margin=scores),
    "preference_question": rows(system=full, question=text, chosen=text, rejected=text),
    "preference_instruction": rows(
        instruction=text, chosen=text, rejected=text, score_chosen=scores, score_rejected=scores
    ),
    "preference_implicit": rows(chosen=text, rejected=text),
    "preference_messages": rows(prompt=chat, chosen=answer, rejected=answer),
    "preference_implicit_messages": st.tuples(chat, two_answers).flatmap(
        lambda drawn: rows(chosen=st.just(drawn[0] + drawn[1][0]), rejected=st.just(drawn[0] + drawn[1][1]))
    ),
    "unpaired": rows(prompt=text, completion=text, label=st.booleans()),
    "unpaired_messages": rows(prompt=chat, completion=answer, label=st.booleans()),
    "stepwise": st.lists(st.tuples(text, st.booleans()), min_size=1).flatmap(
        lambda steps: rows(
            prompt=text, completions=st.just([s for s, _ in steps]), labels=st.just([b for _, b in steps])
        )
    ),
    "ultrafeedback": rows(
        instruction=text,
        completions=st.lists(
            objects(response=text, overall_score=scores, model=text, critique=text), min_size=1, max_size=3
        ),
    ),
    "ultrafeedback_binarized": st.tuples(text, two_answers).flatmap(
        lambda drawn: objects(
            prompt=st.just(drawn[0]),
            prompt_id=full,
            chosen=st.just([{"role": "user", "content": drawn[0]}, *drawn[1][0]]),
            rejected=st.just([{"role": "user", "content": drawn[0]}, *drawn[1][1]]),
            score_chosen=scores,
            score_rejected=scores,
        )
    ),
    "hh_rlhf": st.tuples(said, st.lists(st.text("ab", max_size=3), min_size=2, max_size=2, unique=True)).map(
        lambda drawn: {
            key: transcript([*drawn[0][: len(drawn[0]) // 2 * 2], "why?", answer])
            for key, answer in zip(("chosen", "rejected"), drawn[1], strict=True)
        }
    ),
    "classification": rows(
        text=text, label=st.integers(0, 5) | text | st.none() | st.lists(st.integers(0, 3), min_size=1)
    ),
    "multiple_choice": rows(question=text, choices=st.lists(text, min_size=2), answer=st.integers(0, 3) | text),
    "multiple_choice_options": rows(question=text, options=st.lists(text, min_size=2), answer=text),
    "multiple_choice_letters": rows(question=text, A=text, B=text, C=text, D=text, answer=st.sampled_from("ABCD")),
    "multiple_choice_keyed": rows(
        question=text, choices=st.just({"text": ["x", "y"], "label": ["A", "B"]}), answerKey=text
    ),
    "endings": rows(ctx=text, endings=st.lists(text, min_size=2), label=st.integers(0, 3) | text),
    "input_target": rows(input=text, target=text),
    "text_code": objects(text=text, code=text, task_id=st.integers(), test_list=st.lists(text)),
    "humaneval": objects(task_id=full, prompt=text, canonical_solution=text, test=text, entry_point=text),
    "translation_pair": st.fixed_dictionaries({"source": text, "target": text}),
    "tokens_ner_tags": tokens.flatmap(
        lambda tagged: rows(tokens=st.just([t for t, _ in tagged]), ner_tags=st.just([tag for _, tag in tagged]))
    ),
    "text_entities": st.just({"text": "Ada in Ulm", "entities": [{"start": 0, "end": 3, "label": "PER", "note": "x"}]}),
    "squad": context.flatmap(
        lambda text: (
            rows(context=st.just(text), question=full, answers=st.just({"text": [text[1:3]], "answer_start": [1]}))
            if len(text) > 1
            else rows(context=st.just(text), question=full, answers=st.just({"text": [], "answer_start": []}))
        )
    ),
    "text": rows(text=text),
}
del PUBLISHED["instruction_response"]  # gpteacher reads it
FAMILIES = (
    "classification_",
    "tokens_",
    "text_",
    "question_answer_columns",
    "oasst",
    "mt_bench_answers",
    "stepwise_messages",
    "instruction_response",
)


@pytest.mark.parametrize("name", PUBLISHED)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_row_as_published_is_found_and_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    row = data.draw(PUBLISHED[name])
    before = copy.deepcopy(row)
    detection = detect([row])
    assert detection.format is not None
    assert detection.format.name == name, detection
    format, reading = read_any(row)
    assert format is NAMED[name]
    assert row == before
    assert format.write is not None
    written = format.write(reading.content, reading.metadata, reading.id)
    assert written.row == row
    assert written.lost == ()


def test_every_format_but_those_of_a_family_has_its_rows_here() -> None:
    assert {format.name for format in FORMATS if not format.name.startswith(FAMILIES)} <= set(PUBLISHED)


def test_the_page_on_formats_names_every_format() -> None:
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
    families = ("classification_", "tokens_", "text_")
    named = [format.name for format in FORMATS if not format.name.startswith(families) or format.name == "text_code"]
    assert [name for name in named if f"`{name}`" not in page] == []
