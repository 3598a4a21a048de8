"""The tables of a node. Every table of entries carries the circle's number first, so that a hub can partition by it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

NUMBER = BigInteger().with_variant(Integer, "sqlite")

circles = Table(
    "circles",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("id", LargeBinary(32), nullable=False, unique=True),
)

devices = Table(
    "devices",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("circle", NUMBER, ForeignKey("circles.no"), nullable=False),
    Column("key", LargeBinary(32), nullable=False),
    Column("forked_at", NUMBER),  # the seq of which the log holds two entries
    Index("devices_by_key", "circle", "key", unique=True),
)

# The last entry of each device, and of each branch of one that has forked: kept here, since an index of all entries by
# device is a tenth of the time that taking in a bundle takes.
heads = Table(
    "heads",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.no"), nullable=False),
    Column("entry", LargeBinary(32), nullable=False),
    Index("heads_by_device", "device"),
)

# By the first 64 of 256 bits: an index of a third of the size, in which an entry is found as soon.
ID_BEGINS = "substr(id, 1, 8)"

# What a pending entry has for a verdict, so that its row does not grow when it gets its place: pages that were full
# would be split for it, which takes a tenth of the disk.
ROOM = "..."

# Without foreign keys: to look both up for every row would be a tenth of the time that taking in a bundle takes.
entries = Table(
    "entries",
    metadata,
    Column("no", NUMBER, primary_key=True),  # the order of arrival at this node
    Column("circle", NUMBER, nullable=False),
    Column("device", NUMBER, nullable=False),
    Column("seq", NUMBER, nullable=False),
    Column("lamport", NUMBER, nullable=False),
    Column("position", NUMBER),  # in the settled order, from 0; null while pending
    Column("verdict", Text),  # of a settled entry: null for ok, else the code of the reason; of a pending one: ROOM
    Column("id", LargeBinary(32), nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64)),
    Column("body", LargeBinary),
    Column("erased", Integer, nullable=False, server_default="0"),
    Index("entries_by_id", text(ID_BEGINS)),
    Index("entries_by_position", "circle", "position", sqlite_where=text("position IS NOT NULL")),
)

epochs = Table(
    "epochs",
    metadata,
    Column("circle", NUMBER, ForeignKey("circles.no"), primary_key=True),
    Column("number", NUMBER, primary_key=True),
    Column("size", NUMBER, nullable=False),  # how many entries are settled once it is closed
    Column("time", NUMBER, nullable=False),  # of its seal, ms
    Column("peaks", LargeBinary, nullable=False),  # of the Merkle tree after it, 32 bytes each
    Column("up_to", NUMBER, nullable=False),  # the entries up to this number were all settled when this was noted
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("circle", NUMBER, ForeignKey("circles.no"), primary_key=True),
    Column("epoch", NUMBER, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

waiting = Table(
    "waiting",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("circle", NUMBER, ForeignKey("circles.no"), nullable=False),
    Column("key", LargeBinary(32), nullable=False),
    Column("id", LargeBinary(32), nullable=False, unique=True),
    Column("header", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64)),
    Column("body", LargeBinary),
)

# What lacks its body, though nobody has erased it: asked for wherever the circle is met.
missing = Table(
    "missing",
    metadata,
    Column("circle", NUMBER, ForeignKey("circles.no"), primary_key=True),
    Column("entry", LargeBinary(32), primary_key=True),
)

erasures = Table(
    "erasures",
    metadata,
    Column("circle", NUMBER, ForeignKey("circles.no"), primary_key=True),
    Column("entry", LargeBinary(32), primary_key=True),  # the erasure that is in effect
)

people = Table(
    "people",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("language", Text, nullable=False, server_default=""),
    Column("pin", Text, nullable=False, server_default=""),  # hashed, for a shared tablet
)

keys = Table(
    "keys",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("circle", NUMBER, ForeignKey("circles.no"), nullable=False),
    Column("person", NUMBER, ForeignKey("people.no"), nullable=False),
    Column("member", Text, nullable=False),
    Column("key", LargeBinary(32), nullable=False),
    Column("seed", LargeBinary(32), nullable=False),
    Column("purpose", Text, nullable=False),  # device, spare (an invitation for the member's next device), retired, or
    # gone: the key was revoked, and deleted here; whose it was may still read
    Column("invitation", Text, nullable=False, server_default=""),
    Index("keys_by_circle", "circle", "member"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("circle", NUMBER, ForeignKey("circles.no"), nullable=False),
    Column("seed", LargeBinary(32), nullable=False),  # or the 10 bytes of the code from which it is made
)

# Where a circle is held elsewhere, as far as this node goes there by itself.
peers = Table(
    "peers",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("circle", NUMBER, ForeignKey("circles.no"), nullable=False),
    Column("address", Text, nullable=False),  # such as http://192.168.1.20:8642
    Column("met", NUMBER, nullable=False, server_default="0"),  # ms; 0: never yet
    Column("invitation", LargeBinary(32)),  # its private seed, until the peer has heard who came in by it
    Index("peers_by_address", "circle", "address", unique=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("purpose", Text, nullable=False),  # door, signin, session, tablet, api, feed or reminders
    Column("person", NUMBER, ForeignKey("people.no")),
    Column("circle", NUMBER, ForeignKey("circles.no")),
    Column("made", NUMBER, nullable=False),
    Column("until", NUMBER, nullable=False),  # ms; 0: no end
    Column("label", Text, nullable=False, server_default=""),
)

# Who wants reminders by e-mail of a circle, and where: private to this node, and in no log.
reminders = Table(
    "reminders",
    metadata,
    Column("no", NUMBER, primary_key=True),
    Column("circle", NUMBER, ForeignKey("circles.no"), nullable=False),
    Column("person", NUMBER, ForeignKey("people.no"), nullable=False),
    Column("address", Text, nullable=False),
    Column("confirmed", NUMBER, nullable=False, server_default="0"),  # ms; 0: nobody there has said yes yet
    Column("kinds", Text, nullable=False),  # which ones, with blanks between
    Column("since", NUMBER, nullable=False),  # ms: what began before that is no news
    Column("refused", Text, nullable=False, server_default=""),  # what the server said that takes no mail for it
    Column("stop", LargeBinary(16), nullable=False),  # by which a mail ends them
    Index("reminders_by_person", "circle", "person", unique=True),
)

# What was sent by e-mail, so that nothing is sent twice.
reminded = Table(
    "reminded",
    metadata,
    Column("circle", NUMBER, ForeignKey("circles.no"), primary_key=True),
    Column("person", NUMBER, ForeignKey("people.no"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("at", NUMBER, primary_key=True),  # ms: when that takes place or ends, where it does
    Column("time", NUMBER, nullable=False),  # ms: when it was sent
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
