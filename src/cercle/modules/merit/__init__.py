"""Points for work that the home agreed to count, thanks, and wishes that are pledged for together."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.merit import earning, events, read, rules, state

MODULE = Module(
    name="merit",
    needs=("people", "accounts", "tasks"),
    state=state.Merit,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=state.Why,
    follows={
        "tasks.done": earning.noted,
        "tasks.worked": earning.noted,
        "tasks.undone": earning.undone,
        "people.left": earning.left,
        "people.removal_agreed": earning.removed,
    },
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "merit",
            "Merit",
            "merit",
            "merit",
            offer="Count points for work, say thanks, and pledge points to wishes for the home.",
            rank=32,
        ),
    ),
    web="cercle.modules.merit.web",
)
