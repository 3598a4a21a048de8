"""What pages need of a charter."""

from typing import Any

from cercle.core.fold import Circle
from cercle.modules.charter.rules import template_of, value
from cercle.modules.charter.settings import SETTINGS


def show(circle: Circle) -> dict[str, Any]:
    return {
        "template": template_of(circle),
        "settings": {setting: value(circle, setting) for setting in SETTINGS},
        "since": circle.charter.since,
    }
