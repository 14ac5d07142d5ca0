"""What each output holds: its files and records, what it had to leave out and why, and how full rows of tokens are."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.build.manifest import DeliveredEntry
from gristmill.document import figures
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, note, table
from gristmill.document.visible import shown

_LEFT_OUT = "left out: "
ROWS, TOKENS, TRAINED, ROOM = "rows", "tokens", "tokens trained on", "room for tokens"


def section(build: Finished) -> Section | None:
    """None where no output has more to tell than that it holds every record."""
    outputs = build.manifest.delivered
    if not any(output.told for output in outputs):
        return None
    heads = ("output", "files", "records", "rows", "left out")
    rows = [
        [
            tag("b", None, output.output),
            figures.count(output.files),
            figures.count(output.records),
            figures.count(output.told.get(ROWS, output.records)),
            figures.count(sum(_left_out(output).values())),
        ]
        for output in outputs
    ]
    body = [table(heads, rows, numbers=range(1, len(heads)))]
    body += [part for output in outputs for part in (_why(output), _tokens(output)) if part]
    lead = "What was kept is written to every output of the recipe. A format may have no place for some records."
    return Section("delivery", "What was delivered", lead, join(body))


def _left_out(output: DeliveredEntry) -> dict[str, int]:
    return {what.removeprefix(_LEFT_OUT): count for what, count in output.told.items() if what.startswith(_LEFT_OUT)}


def _why(output: DeliveredEntry) -> Html | None:
    reasons = sorted(_left_out(output).items(), key=lambda item: (-item[1], item[0]))
    if not reasons:
        return None
    rows = [[shown(why, 200), figures.count(count)] for why, count in reasons]
    title = tag("h3", None, f"Left out of {output.output}")
    return join([title, table(("why", "records"), rows, numbers=(1,))])


def _tokens(output: DeliveredEntry) -> Html | None:
    told = output.told
    if not told.get(TOKENS):
        return None
    tokens, rows, trained = told[TOKENS], told[ROWS], told.get(TRAINED, 0)
    lines = [
        ["tokens", figures.count(tokens), ""],
        ["trained on", figures.count(trained), f"{figures.percent(trained, tokens)} of them; the loss counts no other"],
        ["a row", figures.short(tokens / rows), "tokens on average"],
    ]
    if room := told.get(ROOM):
        empty = room - tokens
        lines.append(["room left empty", figures.count(empty), f"{100 * empty / room:.2f} % of {figures.count(room)}"])
    rest = {what: count for what, count in told.items() if what not in (ROWS, TOKENS, TRAINED, ROOM)}
    for what, count in rest.items():
        if not what.startswith(_LEFT_OUT):
            lines.append([what, figures.count(count), ""])
    title = tag("h3", None, f"Tokens of {output.output}")
    return join([title, table(("", "", ""), lines, numbers=(1,)), note(_PACKED) if told.get(ROOM) else ""])


_PACKED = "Rows hold several records; attention and positions begin anew at each (seq_lengths, position_ids)."
