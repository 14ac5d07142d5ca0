"""Chat templates: what they render, and what they may not do."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gristmill.errors import InputError
from gristmill.records.chat.chat_template import CannotRender, ChatTemplate
from gristmill.records.chat.template_library import TEMPLATES
from gristmill.records.chat.tokenizer import Tokenizer
from tokenizer_folders import byte_level, folder

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi <b>you</b>"},
    {"role": "assistant", "content": " Hello! "},
    {"role": "user", "content": "2+2?"},
    {"role": "assistant", "content": "4", "reasoning": "simple"},
]
CALLS = [
    {"role": "user", "content": "Add 1 and 2"},
    {"role": "assistant", "content": "", "tool_calls": [{"id": "abcdefghi", "name": "f", "arguments": '{"é": 1}'}]},
    {"role": "tool", "content": "3", "tool_call_id": "abcdefghi", "name": "f"},
    {"role": "assistant", "content": "It is 3."},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "description": "Adds.",
            "parameters": {"type": "object", "properties": {"é": {"type": "integer", "description": "one"}}},
        },
    }
]


def test_every_template_renders_a_conversation_to_its_known_text(golden: dict[str, str]) -> None:
    plain = [{key: value for key, value in message.items() if key != "reasoning"} for message in TALK]
    found = {name: ChatTemplate(entry.source, entry.tokens).render(plain) for name, entry in TEMPLATES.items()}
    assert found == golden


@pytest.fixture
def golden() -> dict[str, str]:
    read: dict[str, str] = json.loads((Path(__file__).parent / "rendered.json").read_text("utf-8"))
    return read


def real_templates() -> list[Path]:
    try:
        import trl
    except ImportError:
        return []
    return sorted((Path(trl.__file__).parent / "chat_templates").glob("*.jinja"))


@pytest.mark.parametrize("path", real_templates(), ids=lambda path: path.stem)
@pytest.mark.parametrize("messages", [TALK, TALK[1:3], CALLS, TALK[:4]], ids=["talk", "pair", "calls", "open"])
def test_a_real_template_renders_as_transformers_does(path: Path, messages: list[dict[str, Any]]) -> None:
    as_theirs(path.read_text("utf-8"), TOKENS, messages)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
@pytest.mark.parametrize("messages", [TALK, TALK[1:3], CALLS, TALK[:4]], ids=["talk", "pair", "calls", "open"])
def test_our_templates_render_in_transformers_as_here(name: str, messages: list[dict[str, Any]]) -> None:
    as_theirs(TEMPLATES[name].source, dict(TEMPLATES[name].tokens), messages)


def as_theirs(source: str, tokens: dict[str, str], messages: list[dict[str, Any]]) -> None:
    """What `transformers` renders, its assistants' stretches, or its refusal."""
    module = pytest.importorskip("transformers.utils.chat_template_utils")
    tools = TOOLS if messages is CALLS else None
    ours = ChatTemplate(source, tokens)
    for prompt in (False, True):
        theirs, spans = None, []
        for parsed in (True, False):
            try:
                (theirs,), (spans,) = module.render_jinja_template(
                    [theirs_of(messages, parsed)], tools, chat_template=source, add_generation_prompt=prompt,
                    return_assistant_tokens_mask=True, **tokens,
                )  # fmt: skip
                break
            except TypeError:
                continue
            except Exception:  # noqa: BLE001 (any refusal of theirs)
                break
        if theirs is None:
            with pytest.raises(CannotRender):
                ours.render(messages, tools, prompt=prompt)
            continue
        assert undated(ours.render(messages, tools, prompt=prompt)) == undated(theirs)
        if ours.marks_generation and not prompt:
            text, found = ours.render_marked(messages, tools)
            assert [undated(text[a:b]) for a, b in found] == [undated(theirs[a:b]) for a, b in spans]


def undated(text: str) -> str:
    """Without the day, which theirs takes from the clock."""
    now = datetime.now()
    for form in ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%B %d, %Y"):
        text = text.replace(now.strftime(form), "DATE").replace(datetime(2024, 7, 26).strftime(form), "DATE")
    return text


def theirs_of(messages: list[dict[str, Any]], parsed: bool) -> list[dict[str, Any]]:
    made = []
    for message in messages:
        own = dict(message)
        if "tool_calls" in own:
            own["tool_calls"] = [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {
                        "name": call["name"],
                        "arguments": json.loads(call["arguments"]) if parsed else call["arguments"],
                    },
                }
                for call in own["tool_calls"]
            ]
        made.append(own)
    return made


HOSTILE = {
    "nested loops": "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "doubling": "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "doubling by tilde": "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "doubling by a block": "{% set n = namespace(x='ab') %}{% for i in range(60) %}"
    "{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}{% endfor %}",
    "replacing": "{% set n = namespace(x='aa') %}{% for i in range(60) %}"
    "{% set n.x = n.x.replace('a', 'aa') %}{% endfor %}",
    "replacing by a filter": "{% set n = namespace(x='aa') %}{% for i in range(60) %}"
    "{% set n.x = n.x | replace('a', 'aa') %}{% endfor %}",
    "joining": "{{ (('a' * 1000000) ~ '').join(range(100000) | map('string')) }}",
    "a long text": "{{ 'a' * 10000000000 }}",
    "a power": "{{ 9 ** (9 ** 9) }}",
    "padding": "{{ 'a'.ljust(10000000000) }}",
    "formatting": "{{ '%99999999999d' % 1 }}",
    "formatting by a method": "{{ '{:>99999999999}'.format(1) }}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "a long output": "{% for a in range(100000) %}{{ 'a' * 10000 }}{% endfor %}",
    "filters in a loop": "{% for a in range(100000) %}{{ range(100000) | map('string') | list | length }}{% endfor %}",
    "Python's internals": "{{ ''.__class__.__mro__ }}",
    "changing the messages": "{{ messages.append(1) }}",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_template_is_refused_soon(name: str) -> None:
    began = time.process_time()
    with pytest.raises(CannotRender):
        ChatTemplate(HOSTILE[name]).render(TALK)
    assert time.process_time() - began < 10


def test_a_template_that_raises_says_its_own_sentence() -> None:
    template = ChatTemplate("{{ raise_exception('System role not supported') }}")
    with pytest.raises(CannotRender, match="the chat template refuses the conversation: System role not supported"):
        template.render(TALK)


def test_a_malformed_template_names_the_line() -> None:
    with pytest.raises(ValueError, match="the chat template is malformed in line 2"):
        ChatTemplate("{% for m in messages %}\n{% endif %}")


@pytest.mark.parametrize("source", ["{{ messages | center(9) }}", "{{ lipsum() }}", "{% include 'x' %}"])
def test_what_templates_do_not_need_does_not_exist(source: str) -> None:
    with pytest.raises(ValueError):
        ChatTemplate(source).render(TALK)


def test_the_date_is_the_one_given() -> None:
    template = ChatTemplate("{{ strftime_now('%d %b %Y') }}", date=datetime(2031, 5, 4))
    assert template.render([]) == "04 May 2031"


def test_a_text_may_hold_noncharacters() -> None:
    template = ChatTemplate("{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}.{% endfor %}")
    text, spans = template.render_marked([{"role": "assistant", "content": "a\ufdd0b\ufdd1"}])
    assert [text[a:b] for a, b in spans] == ["a\ufdd0b\ufdd1"]


def test_html_in_a_message_stays_as_it_is() -> None:
    assert ChatTemplate("{{ messages[1].content | tojson }}").render(TALK) == '"Hi <b>you</b>"'


def test_a_folders_templates_are_found_by_name(tmp_path: Path) -> None:
    several = [{"name": "default", "template": "one"}, {"name": "tool_use", "template": "two {{ eos_token }}"}]
    tokenizer = Tokenizer(
        folder(tmp_path, byte_level(), chat_template=several, eos_token={"content": "</s>", "lstrip": False})
    )
    assert tokenizer.template().render([]) == "one"
    assert tokenizer.template("tool_use").render([]) == "two </s>"
    with pytest.raises(ValueError, match="there is no chat template 'tool_uses': did you mean 'tool_use'"):
        tokenizer.template("tool_uses")


def test_a_file_of_its_own_goes_before_the_configuration(tmp_path: Path) -> None:
    path = folder(tmp_path, byte_level(), chat_template="configured")
    (path / "chat_template.jinja").write_text("from the file")
    assert Tokenizer(path).template().render([]) == "from the file"


def test_a_folder_without_a_template_or_tokenizer_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no chat template: name one of alpaca, chatml"):
        Tokenizer(folder(tmp_path, byte_level())).template()
    with pytest.raises(InputError, match="name the folder that holds a model's tokenizer"):
        Tokenizer(tmp_path / "nowhere")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="it is no tokenizer"):
        Tokenizer(tmp_path)
