"""What of a conversation is trained on."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.records.chat.chat_template import CannotRender, ChatTemplate
from gristmill.records.chat.loss_mask import IGNORED, Rendered, rendered, weighed
from gristmill.records.chat.template_library import TEMPLATES
from gristmill.records.chat.tokenizer import Tokenizer
from tokenizer_folders import byte_level, folder, spaced

ENDS = {
    "alpaca": "</s>", "chatml": "<|im_end|>", "deepseek": "<｜end▁of▁sentence｜>", "gemma": "<end_of_turn>",
    "llama2": " </s>", "llama3": "<|eot_id|>", "mistral": "</s>", "phi3": "<|end|>", "phi4": "<|im_end|>",
    "qwen": "<|im_end|>", "vicuna": "</s>", "zephyr": "</s>",
}  # fmt: skip
TRIMMED = ("llama2", "llama3", "gemma", "vicuna")

SAID = st.text(st.characters(codec="utf-8", exclude_characters="<>|{}\ufffd"), min_size=1, max_size=30).filter(
    str.strip
)
TURNS = st.lists(st.tuples(SAID, SAID), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(folder(tmp_path_factory.mktemp("bytes"), byte_level()))


@pytest.fixture(scope="module")
def spacing(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(folder(tmp_path_factory.mktemp("spaced"), spaced()))


def conversation(turns: list[tuple[str, str]], system: str | None = None) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    for question, answer in turns:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return messages


def unmarked(template: ChatTemplate) -> ChatTemplate:
    """The same template, without generation blocks."""
    source = template.source
    for tag in ("{%- generation -%}", "{%- endgeneration -%}"):
        source = source.replace(tag, "")
    return ChatTemplate(source, template.tokens)


def learnt(tokenizer: Tokenizer, one: Rendered) -> list[str]:
    """The text of each run of tokens that is trained on."""
    (tokens,) = weighed(tokenizer, [one])
    runs = groupby(zip(tokens.ids.tolist(), tokens.weights.tolist(), strict=True), key=lambda pair: pair[1] > 0)
    return [tokenizer.decode([token for token, _ in run]) for trained, run in runs if trained]


@pytest.mark.parametrize("name", sorted(ENDS))
@given(turns=TURNS, system=st.none() | SAID)
@settings(max_examples=25, deadline=None)
def test_the_trained_tokens_are_the_answers_and_the_ends_of_their_turns(
    name: str, turns: list[tuple[str, str]], system: str | None, tokenizer: Tokenizer
) -> None:
    messages = conversation(turns, system)
    answers = [answer.strip() if name in TRIMMED else answer for _, answer in turns]
    one = rendered(tokenizer.template(name), messages)
    assert learnt(tokenizer, one) == [answer + ENDS[name] for answer in answers]


@pytest.mark.parametrize("name", sorted(ENDS))
@given(turns=TURNS, system=st.none() | SAID)
@settings(max_examples=10, deadline=None)
def test_without_blocks_the_same_is_found_but_for_space_at_the_edges(
    name: str, turns: list[tuple[str, str]], system: str | None, tokenizer: Tokenizer
) -> None:
    template = tokenizer.template(name)
    messages = conversation(turns, system)
    marked = rendered(template, messages)
    found = rendered(unmarked(template), messages, endings=tokenizer.specials)
    assert found.text == marked.text
    assert [found.text[a:b].strip() for a, b in found.spans] == [marked.text[a:b].strip() for a, b in marked.spans]


@given(turns=TURNS)
@settings(max_examples=40, deadline=None)
def test_a_tokenizer_that_puts_spaces_before_texts_marks_the_same_letters(
    turns: list[tuple[str, str]], spacing: Tokenizer
) -> None:
    one = rendered(spacing.template("zephyr"), conversation(turns))
    expected = [one.text[a:b].split() for a, b in one.spans]
    assert [text.split() for text in learnt(spacing, one)] == expected


def test_a_line_feed_that_begins_an_answer_is_parted_from_the_prompts(tokenizer: Tokenizer) -> None:
    one = rendered(tokenizer.template("chatml"), conversation([("Hi", "\n\nHello")]))
    assert len(tokenizer.encode(["\n\n\n"])[0].ids) < 3  # else there is nothing to part
    assert learnt(tokenizer, one) == ["\n\nHello<|im_end|>"]


def test_the_last_turn_alone_can_be_trained(tokenizer: Tokenizer) -> None:
    messages = conversation([("Hi", "Hello!"), ("And you?", "Well.")])
    assert learnt(tokenizer, rendered(tokenizer.template("chatml"), messages, trained="last")) == ["Well.<|im_end|>"]


def test_all_of_a_conversation_can_be_trained(tokenizer: Tokenizer) -> None:
    one = rendered(tokenizer.template("chatml"), conversation([("Hi", "Hello!")]), trained="all")
    assert learnt(tokenizer, one) == [one.text]


def test_a_message_of_weight_0_is_not_trained_and_a_fraction_is_kept(tokenizer: Tokenizer) -> None:
    messages = conversation([("Hi", "Hello!"), ("And you?", "Well."), ("Bye", "Bye")])
    messages[1]["weight"], messages[3]["weight"] = 0, 0.5
    one = rendered(tokenizer.template("chatml"), messages)
    assert learnt(tokenizer, one) == ["Well.<|im_end|>", "Bye<|im_end|>"]
    (tokens,) = weighed(tokenizer, [one])
    assert sorted(set(tokens.weights.tolist())) == [0.0, 0.5, 1.0]
    assert ((tokens.labels == IGNORED) == (tokens.weights == 0)).all()
    assert (tokens.labels[tokens.weights > 0] == tokens.ids[tokens.weights > 0]).all()


@pytest.mark.parametrize("weight", [-1, 2, True, "1", float("nan")])
def test_a_weight_that_is_none_is_refused(weight: object, tokenizer: Tokenizer) -> None:
    messages = conversation([("Hi", "Hello!")])
    messages[1]["weight"] = weight
    with pytest.raises(CannotRender, match="weights are from 0 to 1"):
        rendered(tokenizer.template("chatml"), messages)


LATER = ChatTemplate(
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ '<|return|>' if loop.last else '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


def test_a_template_that_ends_the_last_answer_otherwise_is_masked_by_placeholders() -> None:
    one = rendered(LATER, conversation([("a", "b"), ("a", "b")]), endings=("<|end|>", "<|return|>"))
    assert [one.text[a:b] for a, b in one.spans] == ["b<|end|>", "b<|return|>"]


def test_reasoning_that_such_a_template_may_drop_is_refused() -> None:
    messages = conversation([("a", "b"), ("c", "d")])
    messages[1]["reasoning"] = "hm"
    with pytest.raises(CannotRender, match="cannot be found exactly"):
        rendered(LATER, messages)


def test_a_template_that_changes_answers_is_refused() -> None:
    shouting = ChatTemplate(LATER.source.replace("m.content", "m.content | upper"))
    with pytest.raises(CannotRender, match="changes the text of message 2"):
        rendered(shouting, conversation([("a", "b"), ("a", "b")]))


def test_reasoning_and_tool_calls_are_generated_too(tokenizer: Tokenizer) -> None:
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "", "reasoning": "hm", "tool_calls": [{"name": "f", "arguments": '{"x": 1}'}]},
        {"role": "tool", "content": "3"},
        {"role": "assistant", "content": "It is 3."},
    ]
    assert learnt(tokenizer, rendered(tokenizer.template("qwen"), messages)) == [
        '<think>\nhm\n</think>\n\n<tool_call>\n{"name": "f", "arguments": {"x": 1}}\n</tool_call><|im_end|>',
        "It is 3.<|im_end|>",
    ]


def test_a_conversation_without_an_answer_trains_nothing(tokenizer: Tokenizer) -> None:
    one = rendered(tokenizer.template("chatml"), [{"role": "user", "content": "Hi"}])
    assert one.spans == ()
    assert (weighed(tokenizer, [one])[0].labels == IGNORED).all()


def test_every_template_of_the_library_has_a_tokenizer_that_knows_its_tokens(tokenizer: Tokenizer) -> None:
    for name in TEMPLATES:
        assert tokenizer.template(name).marks_generation


def test_a_tokenizer_without_the_templates_tokens_is_told(tmp_path: Path) -> None:
    bare = Tokenizer(folder(tmp_path, byte_level(), specials=["<s>"]))
    with pytest.raises(ValueError, match=r"has no token '<\|im_end\|>', which the chat template writes"):
        bare.template("chatml")
