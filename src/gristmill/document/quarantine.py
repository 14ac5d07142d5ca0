"""Records that could not be read or made a step fail, by error."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.markup import Html, tag
from gristmill.document.section import Section
from gristmill.document.visible import shown

MOST_ERRORS = 20
EXAMPLES = 3


def section(build: Finished) -> Section | None:
    """None where nothing is in quarantine. Errors that differ only in their numbers are one."""
    rows = build.query(
        f"""
        SELECT step, regexp_replace(left(coalesce(error, ''), 300), '[0-9]+', 'N', 'g') AS kind, count(*) AS n,
               arg_min({{source: source, position: position, error: left(error, 300)}}, right(rid, 16), {EXAMPLES})
        FROM records WHERE fate = 'quarantined' GROUP BY ALL ORDER BY n DESC, step, kind LIMIT {MOST_ERRORS + 1}
        """  # noqa: S608 - only numbers of this module go in
    )
    if not rows:
        return None
    blocks = [_error(step, number, examples) for step, _, number, examples in rows[:MOST_ERRORS]]
    if len(rows) > MOST_ERRORS:
        blocks.append(tag("p", "note", f"Only the {MOST_ERRORS} most frequent errors are shown."))
    lead = "These records made reading or a step fail. They are neither kept nor dropped; the ledger holds them all."
    return Section("quarantine", "Quarantine", lead, tag("div", "errors", *blocks))


def _error(step: str, number: int, examples: list[dict[str, str]]) -> Html:
    places = [
        tag("li", None, tag("span", "place", shown(f"{example['source']} : {example['position']}", 160)))
        for example in examples
    ]
    title = tag("p", None, tag("b", None, step), tag("span", "n", figures.count(number)))
    said = examples[0]["error"] or "no error was recorded"
    return tag("article", "error", title, tag("p", "said", shown(said, 300)), tag("ul", None, *places))
