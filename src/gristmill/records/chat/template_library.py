"""Chat templates by name, written from the published prompt formats.

Each marks what the assistant generates, its end-of-turn token included, and refuses what it has no place for (an image,
a tool call) rather than leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gristmill.errors import near_miss


@dataclass(frozen=True)
class Named:
    """A template of the library."""

    format: str
    """Where the format is described."""
    body: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ("system", "user", "assistant")

    @property
    def source(self) -> str:
        return _prelude(self.roles, "reasoning_content" in self.body) + "".join(
            line.strip() for line in self.body.splitlines()
        )


def _prelude(roles: tuple[str, ...], reasons: bool) -> str:
    """A macro for the text of a message, and the refusal of what the format has no place for."""
    calls = "" if "tool" in roles else "or message.tool_calls"
    reasoning = "" if reasons else "or message.reasoning_content"
    return (
        "{%- macro said(message) -%}{%- if message.content is string -%}{{ message.content }}"
        "{%- elif message.content -%}{%- for part in message.content -%}"
        "{%- if part.type == 'text' -%}{{ part.text }}"
        "{%- else -%}{{ raise_exception('this template takes no part of type ' ~ part.type) }}{%- endif -%}"
        "{%- endfor -%}{%- endif -%}{%- endmacro -%}"
        "{%- for message in messages -%}"
        f"{{%- if message.role not in {list(roles)!r} {calls} {reasoning} -%}}"
        "{{ raise_exception('this template has no place for a message of the role ' ~ message.role"
        " ~ (' with tool calls' if message.tool_calls else ' with reasoning' if message.reasoning_content else '')) }}"
        "{%- endif -%}{%- endfor -%}"
    )


def named(name: str) -> Named:
    """The template of this name; ValueError with the nearest one."""
    try:
        return TEMPLATES[name]
    except KeyError:
        raise ValueError(f"there is no chat template {name!r}: {near_miss(name, TEMPLATES)}") from None


_SYSTEM_IN_USER = """
{%- set system = said(messages[0]) if messages and messages[0].role == 'system' else '' -%}
{%- set turns = messages[1:] if messages and messages[0].role == 'system' else messages -%}
"""

_CHATML = """
{%- for message in messages -%}
  {{- '<|im_start|>' ~ message.role ~ '\\n' -}}
  {%- if message.role == 'assistant' -%}
    {%- generation -%}{{ said(message) ~ '<|im_end|>' }}{%- endgeneration -%}{{ '\\n' }}
  {%- else -%}{{ said(message) ~ '<|im_end|>\\n' }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
"""

_LLAMA2 = (
    _SYSTEM_IN_USER
    + """
{%- for message in turns -%}
  {%- if message.role == 'user' -%}
    {{- bos_token ~ '[INST] ' -}}
    {%- if loop.first and system -%}{{ '<<SYS>>\\n' ~ system ~ '\\n<</SYS>>\\n\\n' }}{%- endif -%}
    {{- said(message) | trim ~ ' [/INST]' -}}
  {%- else -%}
    {{- ' ' -}}{%- generation -%}{{ said(message) | trim ~ ' ' ~ eos_token }}{%- endgeneration -%}
  {%- endif -%}
{%- endfor -%}
"""
)

_LLAMA3 = """
{{- bos_token -}}
{%- for message in messages -%}
  {{- '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\\n\\n' -}}
  {%- if message.role == 'assistant' -%}
    {%- generation -%}{{ said(message) | trim ~ '<|eot_id|>' }}{%- endgeneration -%}
  {%- else -%}{{ said(message) | trim ~ '<|eot_id|>' }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif -%}
"""

_MISTRAL = """
{{- bos_token -}}
{%- for message in messages -%}
  {%- if message.role == 'system' -%}{{ '[SYSTEM_PROMPT] ' ~ said(message) ~ '[/SYSTEM_PROMPT]' }}
  {%- elif message.role == 'user' -%}{{ '[INST] ' ~ said(message) ~ '[/INST]' }}
  {%- else -%}{{ ' ' }}{%- generation -%}{{ said(message) ~ eos_token }}{%- endgeneration -%}{%- endif -%}
{%- endfor -%}
"""

_GEMMA = (
    _SYSTEM_IN_USER
    + """
{{- bos_token -}}
{%- for message in turns -%}
  {%- if message.role == 'assistant' -%}
    {{- '<start_of_turn>model\\n' -}}
    {%- generation -%}{{ said(message) | trim ~ '<end_of_turn>' }}{%- endgeneration -%}{{ '\\n' }}
  {%- else -%}
    {{- '<start_of_turn>' ~ message.role ~ '\\n' ~ (system ~ '\\n\\n' if loop.first and system else '') -}}
    {{- said(message) | trim ~ '<end_of_turn>\\n' -}}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}
"""
)


def _lines(end: str) -> str:
    """Zephyr's and Phi 3's way: the role as a tag on a line of its own."""
    return f"""
{{%- for message in messages -%}}
  {{{{- '<|' ~ message.role ~ '|>\\n' -}}}}
  {{%- if message.role == 'assistant' -%}}
    {{%- generation -%}}{{{{ said(message) ~ {end} }}}}{{%- endgeneration -%}}{{{{ '\\n' }}}}
  {{%- else -%}}{{{{ said(message) ~ {end} ~ '\\n' }}}}{{%- endif -%}}
{{%- endfor -%}}
{{%- if add_generation_prompt -%}}{{{{ '<|assistant|>\\n' }}}}{{%- endif -%}}
"""


_PHI4 = """
{%- for message in messages -%}
  {{- '<|im_start|>' ~ message.role ~ '<|im_sep|>' -}}
  {%- if message.role == 'assistant' -%}
    {%- generation -%}{{ said(message) ~ '<|im_end|>' }}{%- endgeneration -%}
  {%- else -%}{{ said(message) ~ '<|im_end|>' }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant<|im_sep|>' }}{%- endif -%}
"""

_QWEN = """
{%- set turns = messages[1:] if messages and messages[0].role == 'system' else messages -%}
{%- if tools -%}
  {{- '<|im_start|>system\\n' -}}
  {{- said(messages[0]) ~ '\\n\\n' if messages[0].role == 'system' else '' -}}
  {{- '# Tools\\n\\nYou may call one or more functions to assist with the user query.\\n\\n' -}}
  {{- 'You are provided with function signatures within <tools></tools> XML tags:\\n<tools>' -}}
  {%- for tool in tools -%}{{ '\\n' ~ tool | tojson }}{%- endfor -%}
  {{- '\\n</tools>\\n\\nFor each function call, return a json object with function name and arguments within ' -}}
  {{- '<tool_call></tool_call> XML tags:\\n<tool_call>\\n' -}}
  {{- '{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call><|im_end|>\\n' -}}
{%- elif messages and messages[0].role == 'system' -%}
  {{- '<|im_start|>system\\n' ~ said(messages[0]) ~ '<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in turns -%}
  {%- if message.role == 'assistant' -%}
    {{- '<|im_start|>assistant\\n' -}}
    {%- generation -%}
    {%- if message.reasoning_content -%}
      {{- '<think>\\n' ~ message.reasoning_content | trim ~ '\\n</think>\\n\\n' -}}
    {%- endif -%}
    {{- said(message) -}}
    {%- for call in message.tool_calls or [] -%}
      {{- '\\n' if said(message) or not loop.first else '' -}}
      {{- '<tool_call>\\n{"name": "' ~ call.function.name ~ '", "arguments": ' -}}
      {{- call.function.arguments if call.function.arguments is string else call.function.arguments | tojson -}}
      {{- '}\\n</tool_call>' -}}
    {%- endfor -%}
    {{- '<|im_end|>' -}}
    {%- endgeneration -%}{{ '\\n' }}
  {%- elif message.role == 'tool' -%}
    {%- if loop.first or loop.previtem.role != 'tool' -%}{{ '<|im_start|>user' }}{%- endif -%}
    {{- '\\n<tool_response>\\n' ~ said(message) ~ '\\n</tool_response>' -}}
    {%- if loop.last or loop.nextitem.role != 'tool' -%}{{ '<|im_end|>\\n' }}{%- endif -%}
  {%- else -%}{{ '<|im_start|>' ~ message.role ~ '\\n' ~ said(message) ~ '<|im_end|>\\n' }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
"""

_VICUNA = (
    _SYSTEM_IN_USER
    + """
{{- bos_token -}}
{{- system or 'A chat between a curious user and an artificial intelligence assistant. ' ~
  'The assistant gives helpful, detailed, and polite answers to the user\\'s questions.' -}}
{%- for message in turns -%}
  {%- if message.role == 'user' -%}{{ ' USER: ' ~ said(message) | trim }}
  {%- else -%}
    {{- ' ASSISTANT: ' -}}{%- generation -%}{{ said(message) | trim ~ eos_token }}{%- endgeneration -%}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ ' ASSISTANT:' }}{%- endif -%}
"""
)

_ALPACA = (
    _SYSTEM_IN_USER
    + """
{{- bos_token -}}
{{- system or 'Below is an instruction that describes a task. ' ~
  'Write a response that appropriately completes the request.' -}}
{%- for message in turns -%}
  {%- if message.role == 'user' -%}{{ '\\n\\n### Instruction:\\n' ~ said(message) }}
  {%- else -%}
    {{- '\\n\\n### Response:\\n' -}}{%- generation -%}{{ said(message) ~ eos_token }}{%- endgeneration -%}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '\\n\\n### Response:\\n' }}{%- endif -%}
"""
)

_DEEPSEEK = (
    _SYSTEM_IN_USER
    + """
{{- bos_token ~ system -}}
{%- for message in turns -%}
  {%- if message.role == 'user' -%}{{ '<｜User｜>' ~ said(message) }}
  {%- else -%}
    {{- '<｜Assistant｜>' -}}{%- generation -%}{{ said(message) ~ eos_token }}{%- endgeneration -%}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<｜Assistant｜>' }}{%- endif -%}
"""
)

_HARMONY = """
{%- for message in messages -%}
  {%- if message.role == 'assistant' -%}
    {{- '<|start|>assistant' -}}
    {%- generation -%}
    {%- if message.reasoning_content -%}
      {{- '<|channel|>analysis<|message|>' ~ message.reasoning_content ~ '<|end|><|start|>assistant' -}}
    {%- endif -%}
    {{- '<|channel|>final<|message|>' ~ said(message) ~ ('<|return|>' if loop.last else '<|end|>') -}}
    {%- endgeneration -%}
  {%- elif message.role == 'developer' -%}
    {{- '<|start|>developer<|message|># Instructions\\n\\n' ~ said(message) ~ '<|end|>' -}}
  {%- else -%}{{ '<|start|>' ~ message.role ~ '<|message|>' ~ said(message) ~ '<|end|>' }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|start|>assistant' }}{%- endif -%}
"""

_S = {"bos_token": "<s>", "eos_token": "</s>"}

TEMPLATES: Mapping[str, Named] = MappingProxyType(
    {
        "alpaca": Named("https://github.com/tatsu-lab/stanford_alpaca#data-release", _ALPACA, _S),
        "chatml": Named(
            "https://github.com/openai/openai-python/blob/v0.28.0/chatml.md",
            _CHATML,
            {"eos_token": "<|im_end|>"},
        ),
        "deepseek": Named(
            "https://huggingface.co/deepseek-ai/DeepSeek-V3",
            _DEEPSEEK,
            {"bos_token": "<｜begin▁of▁sentence｜>", "eos_token": "<｜end▁of▁sentence｜>"},
        ),
        "gemma": Named(
            "https://ai.google.dev/gemma/docs/core/prompt-structure",
            _GEMMA,
            {"bos_token": "<bos>", "eos_token": "<end_of_turn>"},
        ),
        "harmony": Named(
            "https://cookbook.openai.com/articles/openai-harmony",
            _HARMONY,
            {"eos_token": "<|return|>"},
            ("system", "developer", "user", "assistant"),
        ),
        "llama2": Named("https://www.llama.com/docs/model-cards-and-prompt-formats/meta-llama-2/", _LLAMA2, _S),
        "llama3": Named(
            "https://www.llama.com/docs/model-cards-and-prompt-formats/meta-llama-3/",
            _LLAMA3,
            {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        ),
        "mistral": Named(
            "https://docs.mistral.ai/cookbooks/concept-deep-dive-tokenization-chat_templates", _MISTRAL, _S
        ),
        "phi3": Named(
            "https://huggingface.co/microsoft/Phi-3-mini-4k-instruct", _lines("'<|end|>'"), {"eos_token": "<|end|>"}
        ),
        "phi4": Named("https://huggingface.co/microsoft/phi-4", _PHI4, {"eos_token": "<|im_end|>"}),
        "qwen": Named(
            "https://qwen.readthedocs.io/en/latest/getting_started/concepts.html",
            _QWEN,
            {"eos_token": "<|im_end|>"},
            ("system", "user", "assistant", "tool"),
        ),
        "vicuna": Named("https://github.com/lm-sys/FastChat/blob/main/docs/vicuna_weights_version.md", _VICUNA, _S),
        "zephyr": Named(
            "https://huggingface.co/HuggingFaceH4/zephyr-7b-beta", _lines("eos_token"), {"eos_token": "</s>"}
        ),
    }
)
