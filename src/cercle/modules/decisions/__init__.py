"""How the circle decides: what is proposed, put to the vote, counted, done, and looked at again."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.decisions import closing, events, read, rules, state

MODULE = Module(
    name="decisions",
    needs=("people", "charter"),
    state=state.Decisions,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=state.Why,
    at_seal=closing.at_seal,
    follows={"people.joined": rules.noted, "people.added": rules.noted},
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "decisions",
            "Decisions",
            "vote",
            "decisions",
            offer="Propose, talk, vote, and see what was decided, by whom and why.",
            rank=36,
        ),
    ),
    web="cercle.modules.decisions.web",
)
