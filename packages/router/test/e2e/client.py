"""A client of Mailbeam, written from docs/protocol.md alone, with Debian's python3-websockets and python3-msgpack.

  client.py story PORT           a conversation: send, resend, receive, ack, read, receipts, presence, bad input
  client.py vectors PORT FILE    docs/protocol-vectors.json: those that a client reads and writes, and those that a router refuses

Prints one JSON line for each step that was as the document says, and ends with 1 at the first that was not.
"""
import asyncio
import json
import sys

import msgpack
import websockets

HELLO, WELCOME, SEND, ACCEPTED, REJECTED, DELIVER, ACK, RECEIPT = 1, 2, 3, 4, 5, 6, 7, 8
READ, SIGNAL, WATCH, PRESENCE, CALL, REPLY, ERROR = 9, 10, 11, 12, 13, 14, 16


def pack(*frame):
    return msgpack.packb(list(frame), use_bin_type=True)


def unpack(message):
    """All frames of one WebSocket message (section 2)."""
    unpacker = msgpack.Unpacker(raw=False, strict_map_key=True)
    unpacker.feed(message)
    return list(unpacker)


class Client:
    def __init__(self, socket):
        self.socket = socket
        self.came = []

    @classmethod
    async def connect(cls, port):
        url = "ws://127.0.0.1:%d/v1/socket" % port
        socket = await websockets.connect(url, subprotocols=["mailbeam.v1"], compression=None)
        assert socket.subprotocol == "mailbeam.v1"
        return cls(socket)

    @classmethod
    async def login(cls, port, user, client):
        self = await cls.connect(port)
        await self.send(pack(HELLO, user, {"client": client, "window": 64, "agent": "python"}))
        welcome = await self.next(WELCOME)
        assert welcome[1] == user and welcome[6]["maxBody"] > 0, welcome
        self.origin, self.last_cid, self.pending = welcome[3], welcome[4], welcome[5]
        return self

    async def send(self, *messages):
        for message in messages:
            await self.socket.send(message)

    async def next(self, op, *fields):
        """The next frame with this op whose first fields are these; what comes before it is kept."""
        def fits(frame):
            return frame[0] == op and all(a == b for a, b in zip(frame[1:], fields))

        while True:
            for i, frame in enumerate(self.came):
                if fits(frame):
                    return self.came.pop(i)
            self.came += unpack(await asyncio.wait_for(self.socket.recv(), 60))

    async def closed(self):
        """The close code, and the codes of the ERRORs before it."""
        try:
            while True:
                self.came += unpack(await asyncio.wait_for(self.socket.recv(), 60))
        except websockets.ConnectionClosed:
            return self.socket.close_code, [frame[1] for frame in self.came if frame[0] == ERROR]

    async def end(self):
        await self.socket.close()


def step(name, **more):
    print(json.dumps(dict(step=name, **more)), flush=True)


async def story(port):
    ann = await Client.login(port, "ann", "python-a")
    step("hello", origin=ann.origin)

    await ann.send(pack(SEND, 1, "bob", b"hi") + pack(SEND, 2, "bob", "grüße".encode(), {"ttl": 3600}))
    await ann.next(ACCEPTED, 2)
    step("accepted")

    await ann.send(pack(SEND, 3, "#nobody", b""), pack(SEND, 4, "bob", b"", {"ttl": 0}), pack(SEND, 5, "", b""))
    for cid, code in ((3, "unknown_recipient"), (4, "invalid"), (5, "invalid")):
        await ann.next(REJECTED, cid, code)
    step("rejected")

    # a reconnect: what has no answer, as far as this client remembers, goes again with its old cid
    await ann.end()
    ann = await Client.login(port, "ann", "python-a")
    again = {"again": True}
    await ann.send(pack(SEND, 2, "bob", "grüße".encode(), dict(again, ttl=3600)) + pack(SEND, 3, "#nobody", b"", again))
    await ann.next(ACCEPTED, 2)
    await ann.next(REJECTED, 3, "unknown_recipient")
    step("resent", last_cid=ann.last_cid)

    bob = await Client.login(port, "bob", "python-b")
    assert bob.pending == 2, bob.pending
    first, second = await bob.next(DELIVER, 1), await bob.next(DELIVER, 2)
    assert first[2:5] == ["ann", ann.origin, 1] and first[6] == b"hi", first
    assert second[4] == 2 and second[6].decode() == "grüße", second
    step("delivered")

    # the connection breaks before the ack: it comes again, under new numbers
    await bob.end()
    bob = await Client.login(port, "bob", "python-b")
    await bob.next(DELIVER, 2)
    await bob.send(pack(ACK, 2) + pack(READ, 1, "ann", ann.origin, 2))
    await bob.next(ACCEPTED, 1)
    seen = {}
    while 2 not in seen:
        receipt = await ann.next(RECEIPT)
        assert receipt[2] == "bob" and receipt[4] == ann.origin, receipt
        seen[receipt[3]] = receipt[5]
        await ann.send(pack(ACK, receipt[1]))
    assert seen[2] == 2 and seen.get(1, 2) == 2, seen
    step("receipts", seen=seen)

    await ann.send(pack(WATCH, ["bob", "zoe"], True), pack(SIGNAL, "bob", b"typing"))
    assert (await ann.next(PRESENCE, "bob"))[2] is True
    assert (await ann.next(PRESENCE, "zoe"))[2] is False
    assert (await bob.next(SIGNAL, "ann"))[2] == b"typing"
    step("presence")

    await ann.send(pack(CALL, 7, "echo", "say", {"x": [1.5, -1, None]}))
    reply = await ann.next(REPLY, 7)
    assert reply[2] is False and reply[3]["code"] == "unknown_service", reply
    step("call")

    await ann.send(pack(200, "of a later version") + pack(ACK, 0) + b"", b"")
    await ann.send(pack(SEND, 6, "bob", b"still here"))
    await bob.next(DELIVER, 3, "ann", ann.origin, 6)
    step("ignored")
    await asyncio.gather(ann.end(), bob.end())


async def bad(port):
    for name, message, code, error in (
        ("not MessagePack", b"\xc1", 4000, "bad_frame"),
        ("ill-typed", pack(SEND, "1", "bob", b""), 4000, "bad_frame"),
        ("text as body", pack(SEND, 1, "bob", "text"), 4000, "bad_frame"),
        ("second HELLO", pack(HELLO, "carl", {}), 4000, "bad_frame"),
        ("ACK above", pack(ACK, 1), 4000, "bad_frame"),
        ("op 15", pack(15), 4000, "bad_frame"),
        ("a str message", "text", 1003, None),
    ):
        carl = await Client.login(port, "carl", "python-c")
        await carl.send(message)
        got = await carl.closed()
        assert got == (code, [error] if error else []), (name, got)
    early = await Client.connect(port)
    await early.send(pack(SEND, 1, "bob", b""))
    got = await early.closed()
    assert got == (4001, ["unauthorized"]), got
    step("bad input")


def plain(value):
    """A value as the vectors write it: a bin is {"bin": hex}."""
    if isinstance(value, bytes):
        return {"bin": value.hex()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def real(value):
    if isinstance(value, dict):
        return bytes.fromhex(value["bin"]) if list(value) == ["bin"] else {k: real(v) for k, v in value.items()}
    return [real(item) for item in value] if isinstance(value, list) else value


async def vectors(port, path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    read = written = refused = 0
    for case in cases:
        message = bytes.fromhex(case["hex"])
        if case["valid"] and case["exact"]:
            assert plain(unpack(message)) == case["frames"], case
            read += 1
            if case["way"] == "C":
                assert b"".join(pack(*real(frame)) for frame in case["frames"]) == message, case
                written += 1
        elif not case["valid"] and case["way"] == "C":
            is_hello = case["name"].startswith("HELLO")
            client = await (Client.connect(port) if is_hello else Client.login(port, "vera", "python-v"))
            await client.send(message)
            got = await client.closed()
            assert got == (4000, [case["error"]]), (case, got)
            refused += 1
    step("vectors", read=read, written=written, refused=refused)


async def main():
    port = int(sys.argv[2])
    if sys.argv[1] == "vectors":
        await vectors(port, sys.argv[3])
    else:
        await story(port)
        await bad(port)


asyncio.run(main())
