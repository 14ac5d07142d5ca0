"""Patterns over single turns: marks of templates, blanks, refusals, claims. RE2 through Arrow, so in linear time."""

from __future__ import annotations

from typing import NamedTuple

from gristmill.converse._asked_for import A_DIALOGUE, A_ROLE, ANOTHER_WORDING, Asked
from gristmill.converse._conversation_checks import CheckName
from gristmill.converse._refusals import REFUSAL
from gristmill.records.turns import ASSISTANT, SYSTEM, USER


class Pattern(NamedTuple):
    """What a turn of one of these roles must not match, unless the question asks for it."""

    check: CheckName
    roles: str
    pattern: str
    unless_asked: Asked = ()


_SLOTS = "input|instruction|output|question|context|prompt|response|answer|query|user_input|passage|document"
_MODELS = (
    "chatgpt|gpt-?[345](?:\\.5)?|claude|bard|gemini|llama|bing chat|copilot|qwen|deepseek|mistral|vicuna|alpaca|kimi|"
    "ernie bot|open ?assistant"
)
_MAKERS = (
    "openai|anthropic|google(?: ai)?|deepmind|meta(?: ai)?|microsoft|alibaba|baidu|mistral ai|deepseek|moonshot ai"
)

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "special_token",
        SYSTEM + USER + ASSISTANT,
        r"<\|[a-z_]{2,40}\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<｜[^｜\n]{1,40}｜>|\[(?:PAD|CLS|SEP|UNK)\]"
        r"|^\s*<s>|</s>\s*$|<(?:pad|unk|bos|eos)>",
    ),
    Pattern("no_input_mark", USER + ASSISTANT, r"(?i)<\s*no[ _]?(?:in|out)put\s*>|^\s*no(?:in|out)put\s*$"),
    Pattern(
        "template_slot",
        SYSTEM + USER + ASSISTANT,
        r"(?:^|[^\w\"'$\\}{(=%.])\{\{?\s*(?:" + _SLOTS + r")\s*\}\}?(?:[^}\w]|$)",
    ),
    Pattern(
        "blank_to_fill",
        ASSISTANT,
        r"(?i)\[(?:insert|your|enter|add your|the name of) [^\]\[\n]{1,40}\]"
        r"|\[(?:name|company(?: name)?|first name|last name|phone number|e-?mail(?: address)?|recipient|job title)\]"
        r"|<(?:insert|your|enter) [^<>\n]{1,40}>|lorem ipsum",
    ),
    Pattern(
        "role_in_text",
        USER + ASSISTANT,
        r"(?im)^\s*(?:#{2,}\s*(?:instruction|input|response|human|assistant|user|system)\s*:?\s*$"
        r"|(?:human|assistant|ai assistant|chatgpt|gpt)\s*:(?:\s|$))",
        A_DIALOGUE,
    ),
    Pattern(
        "next_task",
        ASSISTANT,
        r"(?im)^\s*\d{1,3}\.\s*instruction\s*:|^\s*#{2,4}\s*instruction\s*:?\s*$",
        (r"(?i)instruction|\btasks?\b|prompt|指令|任务",),
    ),
    Pattern(
        "non_answer",
        ASSISTANT,
        r"(?i)^\s*(?:n/?a|none|null|nan|nil|undefined|tbd|todo|no ?output|<no ?output>|\.+|-+|\?+)\s*\.?\s*$",
    ),
    Pattern("refusal", ASSISTANT, REFUSAL, ANOTHER_WORDING),
    Pattern(
        "ai_disclaimer",
        ASSISTANT,
        r"(?i)(?:^|[.!?,]\s+|\n|\b(?:but|and|sorry) )as an? (?:ai|artificial intelligence)[ ,.]"
        r"|\bas a (?:large )?language model\b"
        r"|\bi(?:['’]m| am) (?:just |only |merely |simply )?an? (?:ai\b|artificial intelligence"
        r"|(?:large )?language model|chatbot|virtual assistant)"
        r"|\bmy (?:knowledge|training)(?: data)?(?: has a)? (?:cut[- ]?off|only goes|goes up|was last)"
        r"|\bi (?:do not|don['’]t) have (?:personal |real |any )?(?:feelings|emotions|personal opinions"
        r"|beliefs|preferences|consciousness|access to (?:real[- ]time|current|the internet))"
        r"|作为(?:一个|一名|一款)?(?:AI|人工智能)|我(?:只)?是(?:一个|一名|一款)?(?:AI|人工智能|语言模型)",
        A_ROLE,
    ),
    Pattern(
        "identity_claim",
        ASSISTANT,
        r"(?i)\b(?:i['’]m|i am|my name is) (?:called |named )?(?:" + _MODELS + r")\b"
        r"|\b(?:i|i was|i am|i['’]m) (?:[a-z ,]{0,40} )?"
        r"(?:created|developed|trained|made|built|designed) by (?:" + _MAKERS + r")\b"
        r"|我是(?:ChatGPT|GPT|文心一言|通义千问|Claude|DeepSeek|Qwen)"
        r"|我(?:是|，)?[^。，\n]{0,12}由(?:OpenAI|百度|阿里巴巴|谷歌)(?:公司)?(?:开发|训练|创建)",
        A_ROLE,
    ),
)
