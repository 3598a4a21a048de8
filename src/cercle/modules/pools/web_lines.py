"""The lines on the page of a purse: who has which share, what was put in and taken out, and what does not count."""

from itertools import islice
from typing import Any

from cercle.core.entry import Entry, short
from cercle.modules.devices import read as devices
from cercle.modules.pools import read
from cercle.modules.pools.events import Corrected
from cercle.modules.pools.rules import Move
from cercle.page.typed import plain_sum
from cercle.page.visit import Visit, shown
from cercle.sentences import day, money
from cercle.store import rows
from cercle.store.keyring import key_of_device

LATEST = 10
LATEST_VOID = 5
LATELY = 30 * 86_400_000  # ms
SPENT = "pools.spent"


def shares(visit: Visit, name: str) -> list[dict[str, Any]]:
    """`back`: what the visitor could give back, as it is typed into a box, or ""; `line`: why, where it is much."""
    roots, unit = visit.circle.roots, visit.circle.roots.unit
    found = []
    for share in read.shares(visit.circle, name):
        is_here = share.device == visit.device
        surplus = money(share.surplus, unit, visit.language)
        found.append(
            {
                "key": share.device,
                "person": visit.person_of(roots.devices[share.device].member),
                "name": device_name(visit, share.device),
                "amount": money(share.amount, unit, visit.language),
                "is_some": bool(share.amount),
                "here": is_here,
                "ending": share.ending,
                "back": plain_sum(share.surplus or share.amount, unit, visit.language) if is_here else "",
                "line": visit.gettext("%(amount)s more than this machine uses", amount=surplus)
                if share.surplus
                else "",
            }
        )
    return found


def device_name(visit: Visit, key: str) -> str:
    words = devices.of(visit.circle).names.get(key, "")
    return visit.name(words, visit.gettext("Key %(key)s", key=key[:8]))


def moves(visit: Visit, name: str) -> list[dict[str, Any]]:
    """The newest first; what took something back shows at what it took back."""
    here = ((entry, move) for entry, move in reversed(visit.circle.pools.moves.items()) if move.pool == name)
    return [move_row(visit, entry, move) for entry, move in islice(here, LATEST)]


def move_row(visit: Visit, key: str, move: Move) -> dict[str, Any]:
    entry, by, is_out = visit.here.entry(key), visit.person_of(move.by), move.amount < 0
    if is_out:
        otherwise, line = visit.gettext("Taken out"), visit.gettext("%(name)s took it out", name=by["name"])
    else:
        otherwise, line = visit.gettext("Money put in"), visit.gettext("%(name)s put it in", name=by["name"])
    return {
        "key": key,
        "what": said(visit, asked_as(entry, key)) or otherwise,
        "by": by,
        "line": f"{line} · {day_of(visit, entry)}",
        "amount": figure(visit, move.amount),
        "href": f"{visit.home}/log/{key}",
        "corrected": visit.gettext("taken back") if move.corrected else None,
        "waits": is_out and entry is not None and waits(visit, entry),
        "correctable": not move.corrected and visit.may(Corrected),
    }


def asked_as(entry: Entry | None, key: str) -> str:
    """The entry whose words say what it was for: of what was signed, the one that had asked for it."""
    ask = entry.kept.get("ask") if entry is not None else None
    return ask if isinstance(ask, str) else key


def said(visit: Visit, key: str) -> str:
    return shown(str(visit.here.words(key).get("what") or ""))


def day_of(visit: Visit, entry: Entry | None) -> str:
    when = entry.kept.get("day") if entry else None
    when = when if isinstance(when, str) else visit.day_of(entry.time if entry else 0)
    return day(when, visit.language, visit.today())


def figure(visit: Visit, amount: int) -> dict[str, Any]:
    text = money(abs(amount), visit.circle.roots.unit, visit.language)
    return {"text": f"+{text}" if amount > 0 else f"\u2212{text}", "sign": int(amount > 0)}


def waits(visit: Visit, entry: Entry) -> bool:
    """Whether it was taken from what is free, and the keeper, who is elsewhere, has not settled that."""
    keeper = bytes.fromhex(visit.circle.sealing()[0])
    is_elsewhere = key_of_device(visit.node.connection, visit.here.no, keeper) is None
    return bool(entry.kept.get("free")) and entry.id in visit.here.replica.pending.entries and is_elsewhere


def void(visit: Visit, name: str) -> list[dict[str, Any]]:
    """What was taken out lately and does not count, the newest first, with the reason."""
    live, since = visit.here, visit.node.clock() - LATELY
    pending = live.replica.pending.ordered()
    found = [(one, live.replica.verdicts.get(one.id, "")) for one in reversed(pending) if one.event == SPENT]
    for row in rows.void_with(visit.node.connection, live.no, SPENT, LATEST_VOID):
        found.append((rows.as_entry(row.id, row.key, row.header), row.verdict))
    found = [(one, code) for one, code in found if code and one.event == SPENT and one.time > since]
    of_this = [(one, code) for one, code in found if one.kept.get("pool") == name]
    return [void_row(visit, one, code) for one, code in of_this[:LATEST_VOID]]


def void_row(visit: Visit, entry: Entry, code: str) -> dict[str, Any]:
    key, amount = short(entry.id), entry.kept.get("amount")
    device = visit.circle.roots.devices.get(entry.device.hex())
    by = visit.person_of(device.member if device else "")
    text = money(amount, visit.circle.roots.unit, visit.language) if isinstance(amount, int) else ""
    return {
        "what": said(visit, key) or visit.gettext("Taken out"),
        "by": by,
        "text": text,
        "line": f"{by['name']} · {day_of(visit, entry)}",
        "reason": visit.gettext(visit.here.modules.reason(code)),
        "href": f"{visit.home}/log/{key}",
    }


def put_in(visit: Visit, name: str) -> list[dict[str, Any]]:
    """What each person has put in, in all."""
    unit = visit.circle.roots.unit
    return [
        {"person": visit.person_of(member), "text": money(amount, unit, visit.language)}
        for member, amount in read.put_in(visit.circle, name).items()
    ]
