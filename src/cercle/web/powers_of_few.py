"""The powers that only some have: by a machine, a role, an invitation, somebody's vote, a kit or a purse."""

from typing import Any

from cercle.beginnings import NODE
from cercle.core.fold import ADULT
from cercle.modules.decisions import read as decisions
from cercle.modules.people.read import invitations
from cercle.modules.people.web import whom
from cercle.modules.pools.read import shares
from cercle.modules.roles import web_keeper
from cercle.modules.roles.web_words import about, told_day
from cercle.page.visit import Visit
from cercle.sentences import money


def few(visit: Visit) -> list[dict[str, Any]]:
    """Each kind of such powers: {key, label, can, back: sentences, holders: list of {person or None, who, until}, ways:
    list of {href, label}}. Those that nobody has now are there too, without holders."""
    uses, circle = visit.circle.states, [keeping(visit), machines(visit), owner(visit)]
    return [
        *circle,
        *([roles(visit)] if "roles" in uses else []),
        invited(visit),
        *([proxies(visit)] if "decisions" in uses else []),
        *([kits(visit)] if "devices" in uses else []),
        *([purses(visit), signatures(visit)] if "pools" in uses else []),
    ]


def kind(
    key: str, label: str, can: str, back: str, holders: list[dict[str, Any]], ways: dict[str, str]
) -> dict[str, Any]:
    """`ways`: what a link says, by the page of the circle to which it leads."""
    return {"key": key, "label": label, "can": can, "back": back, "holders": holders, "ways": ways}


def holder(visit: Visit, member: str, who: str = "", until: str = "") -> dict[str, Any]:
    return {"person": visit.person_of(member) if member else None, "who": who, "until": until}


# --- machines --------------------------------------------------------------------------------------------------------


def keeping(visit: Visit) -> dict[str, Any]:
    _, roots = visit.gettext, visit.circle.roots
    has_roles = "roles" in visit.circle.states
    if has_roles:
        known = web_keeper.row(visit)
        who = _("by the device “%(device)s”", device=known["device"])
        held = holder(visit, known["person"]["key"], who, _("since %(day)s, until it is handed on", day=known["since"]))
    else:
        held = holder(visit, roots.devices[roots.keeper].member)
    return kind(
        "keeping",
        _("To keep the log"),
        _("Puts what everybody writes into its final order: so time passes, and votes end. Changes nothing of it."),
        _("Handed on by who has it, or by a decision. Where that device is lost, more than half of the adults choose."),
        [held],
        {"roles/keeper" if has_roles else "devices": _("Keeper of the log")},
    )


def machines(visit: Visit) -> dict[str, Any]:
    """For whom each installation could sign by itself."""
    _, roots = visit.gettext, visit.circle.roots
    found: dict[str, list[str]] = {}
    for device in roots.devices.values():
        writes = device.holder == NODE and device.member and not device.forked
        if writes and not roots.members[device.member].gone:
            names = found.setdefault(device.node, [])
            names += [device.member] if device.member not in names else []
    return kind(
        "machines",
        _("Machines that hold keys"),
        _("Whoever rules such a machine could write, and vote, in the name of those whose keys it holds."),
        _("Whoever wants has a key of their own: on a machine of theirs, that then alone writes for them."),
        [
            holder(visit, "", signs_for(visit, node, names), _("as long as they write by it"))
            for node, names in found.items()
        ],
        {"devices#only": _("A key of one’s own"), "machines": _("Other machines")},
    )


def signs_for(visit: Visit, node: str, names: list[str]) -> str:
    is_own = node == visit.node.name()
    machine = visit.gettext("This machine") if is_own else visit.gettext("Machine %(code)s", code=node[:8] or "–")
    return visit.ngettext(
        "%(machine)s could sign for %(num)s of you: %(names)s.",
        "%(machine)s could sign for %(num)s of you: %(names)s.",
        len(names),
        machine=machine,
        names=visit.names_of(names),
    )


def owner(visit: Visit) -> dict[str, Any]:
    """Whose this machine is, where that is one of the circle."""
    _ = visit.gettext
    member = visit.node.circles_of(visit.node.owner()).get(visit.here.no, "")
    is_here = bool(member) and not visit.circle.roots.members[member].gone
    return kind(
        "owner",
        _("To own this machine"),
        _("Sees its backups, with the keys that it holds, and can stop it. The circle goes on where else it is held."),
        _("Hold the circle on a machine of your own too."),
        [holder(visit, member, "", _("as long as it is theirs"))] if is_here else [],
        {"machines": _("Other machines")},
    )


def kits(visit: Visit) -> dict[str, Any]:
    _ = visit.gettext
    holders = []
    for kit in visit.circle.devices.kits.values():
        since = told_day(visit, kit.due)
        until = _("since %(day)s", day=since) if kit.stands else _("from %(day)s on", day=since)
        holders.append(holder(visit, kit.member, "", until))
    return kind(
        "kits",
        _("Recovery kits"),
        _("Whoever has the paper comes back as this very person, and revokes their other devices."),
        _("They make another kit, which takes the place of the first."),
        holders,
        {"devices#kit": _("Recovery kit")},
    )


# --- by the circle ---------------------------------------------------------------------------------------------------


def roles(visit: Visit) -> dict[str, Any]:
    _ = visit.gettext
    holders, ways = [], {}
    for name, role in visit.circle.roles.roles.items():
        if role.ended or not role.powers:
            continue
        told = about(visit, name, role)
        named = {"role": told["name"], "what": ", ".join(told["powers"])}
        until = _("until %(day)s", day=told["until"]) if told["until"] else _("without end")
        if told["holder"] and not told["has_gone"]:
            holders.append(holder(visit, role.holder, _("has the role “%(role)s”, and may %(what)s", **named), until))
        else:
            holders.append(holder(visit, "", _("“%(role)s”, which nobody has now, may %(what)s", **named)))
        ways[f"roles/{name}"] = told["name"]
    return kind(
        "roles",
        _("Roles with powers"),
        _("Who has such a role may do what the charter lets few do."),
        _("The circle takes it back at any time, by a decision; it ends by itself with its term."),
        holders,
        ways | {"roles": _("Roles")},
    )


def invited(visit: Visit) -> dict[str, Any]:
    _, holders = visit.gettext, []
    for one in invitations(visit.circle).values():
        times = visit.ngettext("for %(num)s person", "for %(num)s people", one.left) if one.left > 0 else ""
        end = _("until %(day)s", day=told_day(visit, one.until)) if one.until else _("without end")
        until = " · ".join(part for part in (whom(visit, one.kind, one.member), times, end) if part)
        holders.append(holder(visit, one.by, _("has invited somebody"), until))
    return kind(
        "invitations",
        _("Open invitations"),
        _("Whoever has the link comes in by it."),
        _("Who invites people withdraws it."),
        holders,
        {"people#invite": _("People")},
    )


def proxies(visit: Visit) -> dict[str, Any]:
    _ = visit.gettext
    holders = [
        holder(
            visit,
            one.to,
            _("votes for %(name)s too", name=visit.person_of(name)["name"]),
            _("until %(day)s", day=told_day(visit, decisions.until(visit.circle, one))),
        )
        for name, one in decisions.proxies(visit.circle).items()
    ]
    return kind(
        "proxies",
        _("To vote for somebody"),
        _("Where they say nothing themselves, and never handed on."),
        _("Whoever gave it ends it, or votes."),
        holders,
        {"decisions/proxy": _("Somebody votes for you")},
    )


# --- money -----------------------------------------------------------------------------------------------------------


def purses(visit: Visit) -> dict[str, Any]:
    """What each device can take from a purse without asking anybody."""
    _, roots, holders, ways = visit.gettext, visit.circle.roots, [], {}
    for name, pool in visit.circle.pools.pools.items():
        if pool.closed:
            continue
        ways[f"purse?of={name}"] = visit.name(name)
        for share in shares(visit.circle, name):
            if share.amount:
                amount = money(share.amount, roots.unit, visit.language)
                who = _("can spend %(amount)s from “%(purse)s”", amount=amount, purse=visit.name(name))
                until = _("goes back at the next seal") if share.ending else _("until it is taken back")
                holders.append(holder(visit, roots.devices[share.device].member, who, until))
    return kind(
        "purses",
        _("Shares of the purses"),
        _("Each device spends its share by itself, also out of reach of all others."),
        _("Its share is taken back on the page of the purse; or who has it gives it back."),
        holders,
        ways,
    )


def signatures(visit: Visit) -> dict[str, Any]:
    """What waits for a second signature, and who could give it."""
    _, members = visit.gettext, visit.circle.roots.members
    holders = []
    for ask in visit.circle.pools.asks.values():
        others = [name for name, one in members.items() if one.kind == ADULT and not one.gone and name != ask.by]
        amount = money(ask.amount, visit.circle.roots.unit, visit.language)
        who = _("wants %(amount)s from “%(purse)s”", amount=amount, purse=visit.name(ask.pool))
        until = (
            _("until one of these signs too, or it is dropped: %(names)s", names=visit.names_of(others))
            if others
            else ""
        )
        holders.append(holder(visit, ask.by, who, until))
    return kind(
        "signatures",
        _("Second signatures"),
        _("What is more than one person takes out alone, an adult who did not ask for it signs too."),
        _("The charter says from how much on."),
        holders,
        {"charter/spend_alone": _("Our charter")},
    )
