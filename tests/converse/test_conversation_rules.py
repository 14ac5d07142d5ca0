"""What is wrong with a conversation is found, told with what stands there, and dropped or repaired as asked."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.contracts.turnwise import edit_turns
from gristmill.contracts.view import View
from gristmill.converse._arithmetic import wrong_equations
from gristmill.converse._conversation_checks import CHECKS, ERRORS
from gristmill.converse._fences import fence_findings
from gristmill.converse._structure import structure_findings
from gristmill.converse.conversation_rules import ConversationRules
from talks import batch_of, talk

LONG = "The miller grinds the grain of the whole valley between two stones that his father cut. " * 4
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "name": "weigh", "arguments": '{"sack": 3}'}]}
RESULT = {"role": "tool", "content": "70 kg", "tool_call_id": "1"}
WEIGH = {
    "type": "function",
    "function": {"name": "weigh", "parameters": {"type": "object", "properties": {"sack": {"type": "integer"}}}},
}


def found(*contents: dict[str, Any], **options: Any) -> list[set[str]]:
    """The checks that found something in each conversation."""
    view = View(batch_of("conversation", contents))
    signals = ConversationRules(**options).measure(view)
    counts = {check.name: signals[check.name].to_pylist() for check in CHECKS}
    return [{name for name, values in counts.items() if values[row]} for row in range(len(contents))]


@pytest.mark.parametrize(
    "content",
    [
        talk("What does a mill do?", "It grinds grain."),
        talk("Say 2.", "2", "And three?", "3"),
        {"messages": [{"role": "system", "content": ""}, *talk("Hi.", "Hello!")["messages"]]},
        {"messages": [talk("How heavy?")["messages"][0], CALL, RESULT, {"role": "assistant", "content": "70 kg."}]},
        talk("Fix my f-string.", 'print(f"{input}") prints it.'),
        talk("Translate into Russian: the miller grinds the grain of the valley.", "Мельник мелет зерно всей долины."),
        talk("Write code.", "```python\nfor sack in sacks:\n    print(sack)\n```"),
        talk("Sum?", "3 + 4 = 7 and 10 / 3 = 3.33, so 2x + 3 = 7."),
        talk("Dessert?", "I can't help but love cake!"),
    ],
)
def test_a_sound_conversation_has_no_finding(content: dict[str, Any]) -> None:
    assert found(content) == [set()]


@pytest.mark.parametrize(
    ("content", "check"),
    [
        (talk("A question?"), "no_answer"),
        ({"messages": []}, "no_answer"),
        (talk("An answer.", first="assistant"), "no_user"),
        (talk("Well?", " \n"), "empty_turn"),
        ({"messages": [*talk("Hi.", "Ho.")["messages"], {"role": "narrator", "content": "Night."}]}, "unknown_role"),
        ({"messages": [*talk("a", "b")["messages"], {"role": "system", "content": "c"}]}, "system_in_the_middle"),
        ({"messages": [*talk("a", "b")["messages"], *talk("c", first="assistant")["messages"]]}, "not_alternating"),
        ({"messages": [{"role": "user", "content": [{"text": "?"}]}, *talk("a", "b")["messages"]]}, "broken_part"),
        ({"messages": [talk("?")["messages"][0], RESULT, *talk("a", "b")["messages"]]}, "orphan_tool_result"),
        ({"messages": [talk("?")["messages"][0], CALL]}, "unanswered_call"),
        ({"messages": [talk("?")["messages"][0], CALL, RESULT], "tools": [{"name": "grind"}]}, "unknown_tool"),
        (talk("<|im_start|>user Hi", "Hello."), "special_token"),
        (talk("Say hi. <noinput>", "Hi."), "no_input_mark"),
        (talk("Answer {question} briefly.", "Yes."), "template_slot"),
        (talk("Write a letter.", "Dear [insert name], thank you."), "blank_to_fill"),
        (talk("Hi.", "Hello.\nHuman: how are you?"), "role_in_text"),
        (talk("Name a mill.", "Windmill.\n12. Instruction: Name a river.\n12. Output: Rhine"), "next_task"),
        (talk("Why?", "N/A"), "non_answer"),
        (talk("Help?", "I'm sorry, but I can't help with that."), "refusal"),
        (talk("你好？", "对不起，我无法回答。"), "refusal"),
        (talk("Feelings?", "As an AI language model, I have none."), "ai_disclaimer"),
        (talk("Who are you?", "I am ChatGPT, developed by OpenAI."), "identity_claim"),
        (talk("Repeat what I say to you now.", "repeat what I  say to you now."), "echo"),
        (talk("a?", LONG, "b?", LONG), "repeated_answer"),
        (talk("Tell.", "Once. " + "a whole lotta love and " * 8), "loop"),
        (talk("Tell.", LONG + "And then one day the miller went to the river and"), "cut_off"),
        (
            talk("What does the miller of the valley do all day?", "Мельник мелет зерно всей долины."),
            "other_script",
        ),
        (talk("Code?", "```python\nprint(1)"), "open_code_fence"),
        (talk("Code?", "```python\nfor in x:\n```"), "broken_code"),
        (talk("JSON?", '```json\n{"a": 1,}\n```'), "broken_json"),
        (talk("Math?", "\\begin{align} x \\end{equation}"), "broken_latex"),
        (talk("Sum?", "So 7 x 8 = 14."), "wrong_arithmetic"),
    ],
)
def test_each_check_finds_what_it_is_for(content: dict[str, Any], check: str) -> None:
    assert check in found(content)[0]


def test_arguments_are_held_to_the_schema_of_their_tool() -> None:
    pytest.importorskip("jsonschema_rs")
    call = {"role": "assistant", "tool_calls": [{"name": "weigh", "arguments": '{"sack": "three"}'}]}
    broken = {"role": "assistant", "tool_calls": [{"name": "weigh", "arguments": "{sack"}]}
    user = {"role": "user", "content": "?"}
    told = dict(structure_findings({"messages": [user, call], "tools": [WEIGH]}))
    assert "three" in told["unfit_arguments"]
    assert "broken_arguments" in dict(structure_findings({"messages": [user, broken], "tools": [WEIGH]}))
    hostile = {"name": "weigh", "parameters": {"$ref": "http://mill.example/schema"}}
    assert "unfit_arguments" not in dict(structure_findings({"messages": [user, call], "tools": [hostile]}))


def test_years_after_the_stated_cutoff_are_told() -> None:
    late = talk("When?", "In 2031, or in 1999.")
    assert found(late, knowledge_cutoff=2024) == [{"after_cutoff"}]
    assert found(late) == [set()]


def test_errors_drop_unless_the_recipe_says_otherwise() -> None:
    assert {rule.reason for rule in ConversationRules().rules()} == set(ERRORS)
    assert {rule.reason for rule in ConversationRules(drop=("refusal",), max_turns=4).rules()} == {
        "refusal",
        "many_turns",
    }


def test_the_evidence_says_what_stands_there() -> None:
    signals = ConversationRules().measure(View(batch_of("conversation", [talk("a", "N/A"), None, talk("a", "b")])))
    assert signals["evidence"].to_pylist() == ["non_answer: N/A", None, None]
    assert signals["non_answer"].to_pylist() == [1, None, 0]
    assert signals["answer_words"].to_pylist() == [1, None, 1]


def test_fix_repairs_ends_of_turns_and_nothing_else() -> None:
    said = talk(
        *("Human: Name it. <noinput>", "Assistant: A mill.</s>", "<s>[INST] Code? [/INST]", "```python\nx\n"),
        *("</s>", "Fine."),
    )
    edit = edit_turns(ConversationRules(fix=True), "all", View(batch_of("conversation", [said, talk("a", "b")])))
    turns = edit.text.to_pylist()[0].split("\n\x1e\n")
    assert turns == ["Name it.", "A mill.", "Code?", "```python\nx\n```", "</s>", "Fine."]
    assert edit.text.to_pylist()[1] == "a\n\x1e\nb"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("$1,200 + $300 = $1,600", ["$1,200 + $300 = $1,600"]),
        ("48 / 2 = 25.", ["48 / 2 = 25"]),
        ("3 + 4 * 2 = 11, 7 - 10 = -3, 0.1 + 0.2 = 0.3", []),
        ("3 + 3 = 2 x 3 and 7 + 7 = 3 x", ["7 + 7 = 3"]),
        ("a5 + 3 = 7; (3+2) * 4 = 20; 5! + 2 = 9; 2^3 + 1 = 10; 12:30 + 5 = 17", []),
        ("if x == 3 + 1 = 5; 5 + 3 = 8 + 2 = 10; 1/2 + 1/4 = 3/4", []),
        ("1/0 = 5", []),
    ],
)
def test_only_equations_of_plain_numbers_are_judged(text: str, wrong: list[str]) -> None:
    assert list(wrong_equations(text)) == wrong


@pytest.mark.parametrize(
    "hostile", ["1" * 100_000 + " = 1", "=" * 100_000, "1+" * 50_000 + "1 = 2", "```python\n" + "(" * 19_000 + "\n```"]
)
def test_hostile_texts_are_passed_in_bounded_time(hostile: str) -> None:
    assert list(wrong_equations(hostile)) == []
    list(fence_findings(hostile))
    found(talk("?", hostile))


@pytest.mark.parametrize(
    "end",
    [
        *(" It was built in 20", " The sale was on October 31, 20", " He stayed from 2014-20", " Its worth was $"),
        *(" He ground for the", " He is of the parish, and the G", " The miller (who had", " Of all that he says, I"),
        " The wheel turns day and night. It stops for nobody in the valley. When the river is low and",
    ],
)
def test_an_answer_that_stops_in_a_sentence_is_told(end: str) -> None:
    cut = talk("Tell of the mill.", "The mill stands at the river." + end)
    assert ("cut_off" in found(cut)[0]) == (end != " Of all that he says, I")  # that one looks like a whole sentence


@pytest.mark.parametrize(
    "answer",
    [
        "I. The mill\nA. Its wheel, which turns by the river\nB. Summary of all that was said of the mill",
        "The mill opens at dawn and it is a good place to see. #mill #TheMillerOfTheValley #flour",
        "def grind(sack):\n    flour = sack * 2\n    return flour\n\nprint(grind(3)) # Output: the flour of the",
        "It is the miller who grinds the grain of the valley. Yours sincerely, Hans the Miller",
        "The regular expression for a year of the mill is: ^[0-9]{4}$",
        "An app that helps a miller of the valley find somebody to grind with",
        "The wheel turns in the night,\nthe stones are heavy and white,",
        "《磨坊》是一部小说。它讲述了一个磨坊主的故事，对后世的文学产生了深远的影响，也影响了许多作家的创作，令人难忘",
    ],
)
def test_what_ends_without_a_full_stop_is_not_cut_off(answer: str) -> None:
    assert found(talk("Write of the mill.", answer)) == [set()]


@pytest.mark.parametrize(
    "content",
    [
        talk("Role-play an AI that runs a mill.", "As an AI, I grind by night. I am an AI and I like it."),
        talk('Count the words: "I am an AI assistant."', 'words = "I am an AI assistant.".split()\nprint(len(words))'),
        talk("Write a dialogue of a miller and a machine.", "Human: Grind!\nAssistant: At once."),
        talk("Reword: It is impossible for me to do this.", "I'm not able to do this."),
        talk("Find the lyrics of the miller's song.", "Once. " + "and a whole lotta love " * 8),
        talk("Fill in: Dear [Your Name], ...", "Dear [Your Name], thank you."),
        talk("Which instruction follows?", "12. Instruction: Name a river."),
        talk("朗诵一首诗。", "黄树林中分出两条路，\n抱歉我不能同时旅行"),
        talk("He made a lot.", "He made $$ at the mill."),
        talk("什么是GPT？", "GPT是一种语言模型，由OpenAI公司开发。"),
    ],
)
def test_what_a_question_asks_for_is_no_finding(content: dict[str, Any]) -> None:
    assert found(content) == [set()]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("创建一个算法来对给定的数字数组进行排序。", "Take the smallest number that is left, and put it first."),
        (
            "项目中的磨坊文件`mill.json`的大小限制是多少，它在哪里？",
            "`mill.json` of the mill is 5 MB large, see Mill Docs 大小限制。",
        ),
        ("如何在Paint Editor中使用橡皮擦工具来擦除？", "橡皮擦会将其范围内的曲线推到圆圈区域之外。"),
        (
            "总结这篇文章：https://mill.example/the/long/story/of/a/mill",
            "文章讲述了一个磨坊的历史，以及磨坊主的生活和工作。",
        ),
        ("推荐纽约市一些受欢迎的餐馆给我和我的家人朋友。", "1. Magnolia Bakery 2. Juniors Cheesecake 3. Shake Shack"),
        ("用“serendipity”造一个句子，要长一点的句子。", "It was a happy serendipity that brought us to the mill."),
    ],
)
def test_names_addresses_and_code_are_no_other_script(question: str, answer: str) -> None:
    assert "other_script" not in found(talk(question, answer))[0]


def test_an_answer_in_another_script_is_told_either_way() -> None:
    chinese, english = "请描述一下磨坊主每天在山谷里做什么工作。", "The miller grinds the grain of the whole valley."
    swapped = talk(english, "磨坊主每天为整个山谷的人们研磨谷物，从早到晚。")
    assert [one & {"other_script"} for one in found(talk(chinese, english), swapped)] == [{"other_script"}] * 2


def test_a_question_excuses_only_the_answer_behind_it() -> None:
    said = talk("Write a dialogue.", "Human: Grind!", "And now?", "Ground.\nHuman: and then?")
    assert ConversationRules().measure(View(batch_of("conversation", [said])))["role_in_text"].to_pylist() == [1]
