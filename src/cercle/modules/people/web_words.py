"""What pages call the kinds of people."""

from cercle.page.visit import Visit
from cercle.sentences import heard

KINDS = ("adult", "child", "guest")


def chosen_kind(text: str) -> str | None:
    """The kind that a form names, if it is one."""
    return text if text in KINDS else None


def kind_word(visit: Visit, kind: str) -> str:
    words = {"adult": visit.gettext("adult"), "child": visit.gettext("child"), "guest": visit.gettext("guest")}
    return words[kind]


def kind_choices(visit: Visit) -> list[dict[str, str]]:
    return [
        {"value": "adult", "label": visit.gettext("An adult: all rights")},
        {"value": "child", "label": visit.gettext("A child: everything but people and settings")},
        {"value": "guest", "label": visit.gettext("A guest: sees all, lists and ticks what is known")},
    ]


def kind_sentence(visit: Visit, kind: str) -> str:
    sentences = {
        "adult": visit.gettext("For an adult of the circle."),
        "child": visit.gettext("For a child of the circle."),
        "guest": visit.gettext("For a guest."),
    }
    return sentences[kind]


def taken(visit: Visit, name: str, but: str = "") -> dict[str, str]:
    """What is wrong with a name, by the field of the form: somebody who is here, other than `but`, has it already."""
    here = (one["name"] for one in visit.everybody() if one["key"] != but)
    same = next((one for one in here if heard(one) == heard(name)), None)
    if same is None:
        return {}
    return {"name": visit.gettext("%(name)s is here already: add something to tell the two apart.", name=same)}
