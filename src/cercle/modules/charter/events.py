"""How a circle changes its own rules: never by one of its members."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import DECIDED, Code, event

Template = Annotated[str, Meta(pattern=r"^(household|friends|village|online|council|association)(?!\n)$")]
Number = Annotated[int, Meta(ge=0, le=10**9)]


@event(
    "charter.adopted",
    may=DECIDED,
    en="The circle adopted the charter {template}.",
    fr="Le cercle a adopté la charte {template}.",
)
class Adopted(Struct, frozen=True, kw_only=True):
    """The circle goes by a template from here on, in all its settings."""

    template: Template


@event(
    "charter.changed",
    may=DECIDED,
    en="The circle changed a rule of its charter: {setting}.",
    fr="Le cercle a changé une règle de sa charte : {setting}.",
)
class Changed(Struct, frozen=True, kw_only=True):
    """One setting of the charter is another one: a `number`, or one of its choices."""

    setting: Code
    number: Number | None = None
    choice: Code | None = None
