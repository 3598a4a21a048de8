"""What pages need of proposals and decisions."""

from typing import Any

from msgspec import to_builtins

from cercle.core.fold import Circle


def names(circle: Circle) -> dict[str, str]:
    """Each proposal and each choice, to the entry whose words name it."""
    motions = circle.decisions.motions
    return {name: name for name in motions} | {key: key for motion in motions.values() for key in motion.options}


def show(circle: Circle) -> dict[str, Any]:
    return {
        "motions": {
            name: to_builtins(motion, builtin_types=(bytes,)) for name, motion in circle.decisions.motions.items()
        },
        "proxies": {name: to_builtins(proxy) for name, proxy in circle.decisions.proxies.items()},
    }
