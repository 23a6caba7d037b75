"""A client of the wire protocol, written from Shared/RPC/README.md, "The wire", and Protos alone.

It has no threads: whoever waits for something moves the connection on until it has come or the time is up. For tests.
"""

import collections
import itertools
import time

import zmq
import zmq.utils.monitor

from olp_frames import BadFrame, Code, Flag, Frame, Kind

MONITORS = itertools.count()  # numbers that make names
PATIENCE = 10.0  # seconds that a test waits for anything
DEFAULT_LIMITS = {
    "max_message": 4 << 20,
    "max_fragment": 64 << 10,
    "max_metadata": 8 << 10,
    "initial_stream_credit": 512 << 10,
    "max_concurrent_calls": 10_000,
    "ping_interval_ms": 10_000,
    "initial_connection_credit": 512 << 10,
}


def now_us():
    return time.monotonic_ns() // 1000


class RpcError(Exception):
    """How a call ended that did not end well."""

    def __init__(self, code, message="", details=b"", metadata=(), refused=False, pushback_ms=None):
        super().__init__(f"{Code(code).name}: {message}")
        self.code, self.message, self.details = code, message, details
        self.metadata, self.refused, self.pushback_ms = list(metadata), refused, pushback_ms


class ConnectionLost(Exception):
    """The connection is of no use any more."""


class Outgoing:
    """What may be sent: above zero, and a message may take it below."""

    def __init__(self, credit):
        self.credit = credit


class Incoming:
    """What the other side may send, and when to grant more."""

    def __init__(self, window):
        self.window, self.left, self.owed = window, window, 0

    def spend(self, cost):
        if self.left <= 0:
            raise BadFrame("sent without credit")
        self.left -= cost

    def take(self, cost):
        """Bytes to grant now, once they are half the window; else 0."""
        self.owed += cost
        if self.owed * 2 < self.window:
            return 0
        granted, self.owed = self.owed, 0
        self.left += granted
        return granted


class Call:
    """One call of any kind. Its messages are bytes."""

    COST = 32  # of a MSG, beside its message's length

    def __init__(self, connection, identifier, method, grants):
        self.connection, self.id, self.method, self.grants = connection, identifier, method, grants
        self.sequence = itertools.count()
        self.expected = 0  # the server's next sequence
        self.outgoing = Outgoing(connection.peer.limits.initial_stream_credit)
        self.incoming = Incoming(connection.limits["initial_stream_credit"])
        self.messages = collections.deque()
        self.partial, self.announced = None, 0
        self.headers = None
        self.deadline = None
        self.end = None  # RpcError, its code 0 if all went well
        self.received_bytes = 0
        self.fragments = 0  # received

    # Sending

    def send(self, message, end=False):
        """One message of the request stream; waits for credit."""
        self.wait(lambda: self.outgoing.credit > 0 or self.end, "credit to send")
        self.check_open()
        self.outgoing.credit -= len(message) + self.COST
        last = Flag.END_STREAM if end else Flag(0)
        if not self.connection.sends_fragments(message):
            self.frame(Kind.MSG, last, message)
            return
        size = self.connection.peer.limits.max_fragment
        pool = self.connection.outgoing
        for offset in range(0, len(message), size):
            self.wait(lambda: pool.credit > 0 or self.end, "the connection's credit")
            self.check_open()
            piece = message[offset:offset + size]
            pool.credit -= len(piece)
            flags = Flag.FRAGMENT | (Flag.MORE if offset + size < len(message) else last)
            self.frame(Kind.MSG, flags, piece, whole=len(message) if offset == 0 else 0)

    def finish(self):
        """Ends the request stream."""
        self.frame(Kind.MSG, Flag.END_STREAM, None)

    def frame(self, kind, flags, message, **fields):
        self.connection.send(Frame(kind, self.id, flags, message=message, sequence=next(self.sequence), **fields))

    def cancel(self, code=Code.CANCELLED):
        self.connection.calls.pop(self.id, None)
        self.end = RpcError(code, "ended by the caller")
        self.connection.send(Frame(Kind.CANCEL, self.id, status=code))

    def check_open(self):
        if self.end:
            raise self.end

    # Receiving

    def read(self, patience=PATIENCE):
        """The next message; None at the end of a call that ended well."""
        self.wait(lambda: self.messages or self.end, "a message", patience)
        if not self.messages:
            if self.end.code != Code.OK:
                raise self.end
            return None
        message, cost = self.messages.popleft()
        if cost and self.grants:
            self.grant(self.incoming.take(cost))
        return message

    def __iter__(self):
        while (message := self.read()) is not None:
            yield message

    def grant(self, credit):
        if credit and not self.end:
            self.connection.send(Frame(Kind.CREDIT, self.id, credit=credit))

    def wait(self, condition, what, patience=PATIENCE):
        self.connection.wait(condition, f"{what} of {self.method}", patience)

    def receive(self, frame):
        if frame.sequence != self.expected:
            raise BadFrame(f"sequence {frame.sequence} where {self.expected} was due")
        self.expected += 1
        if frame.kind == Kind.HEADERS:
            self.headers = metadata_of(self.connection.wire.Headers.FromString(frame.part))
        elif frame.kind == Kind.MSG:
            self.receive_message(frame)
        else:
            self.receive_end(frame)

    def receive_message(self, frame):
        if not frame.has(Flag.HAS_MESSAGE):
            raise BadFrame("a MSG of the server without a message")
        self.received_bytes += len(frame.message)
        if not frame.has(Flag.FRAGMENT):
            if self.partial is not None:
                raise BadFrame("a message between fragments")
            self.incoming.spend(len(frame.message) + self.COST)
            self.messages.append((frame.message, len(frame.message) + self.COST))
            return
        self.fragments += 1
        if len(frame.message) > self.connection.limits["max_fragment"]:
            raise BadFrame(f"a fragment of {len(frame.message)} bytes")
        self.connection.take_fragment(len(frame.message))
        if self.partial is None:
            self.partial, self.announced = bytearray(), frame.whole
            self.incoming.spend(frame.whole + self.COST)
        self.partial += frame.message
        if frame.has(Flag.MORE):
            return
        if len(self.partial) != self.announced:
            raise BadFrame(f"fragments of {len(self.partial)} bytes, {self.announced} announced")
        self.messages.append((bytes(self.partial), self.announced + self.COST))
        self.partial = None

    def receive_end(self, frame):
        if frame.message is not None:
            self.messages.append((frame.message, 0))
        end = self.connection.wire.End.FromString(frame.part)
        self.end = RpcError(
            frame.status, end.message, end.details, metadata_of(end), frame.has(Flag.REFUSED),
            end.pushback_ms if end.HasField("pushback_ms") else None)
        del self.connection.calls[self.id]


def metadata_of(message):
    return [(entry.key, entry.value) for entry in message.metadata]


class Wire:
    """Classes of olp/wire/v1/wire.proto."""

    def __init__(self, protos):
        for name in ["Hello", "Call", "Headers", "End", "GoAway"]:
            setattr(self, name, protos.message(f"olp.wire.v1.{name}"))


class Connection:
    """A DEALER to one replica."""

    def __init__(self, protos, endpoint, limits=None, versions=(1, 3), greet=True):
        self.protos, self.wire = protos, Wire(protos)
        self.limits = {**DEFAULT_LIMITS, **(limits or {})}
        self.versions = versions
        self.calls, self.ids = {}, itertools.count(1)
        self.peer = None  # the server's Hello
        self.goaway = None  # (status, GoAway)
        self.serving = None
        self.pongs = collections.deque()
        self.lost = None
        self.grace = 0.0  # seconds that the server is given to end a call whose deadline has passed
        self.raw = collections.deque()  # every frame that came, for tests that look at them
        self.most_together = 0  # frames that came in one message of ZeroMQ
        self.incoming = Incoming(self.limits["initial_connection_credit"])
        self.outgoing = Outgoing(0)
        self.grants = True  # whether fragments are granted anew
        self.heard_at = time.monotonic()
        self.ping_due = None
        self.dial(endpoint)
        if greet:
            self.greet()

    def dial(self, endpoint):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        # A client dials with a fresh socket; libzmq must not come back by itself with another ZMTP connection.
        self.socket.reconnect_ivl = -1
        # By itself the monitor is named after the socket's file descriptor, which may be that of one just closed.
        self.monitor = self.socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED | zmq.EVENT_CLOSED,
            f"inproc://monitor-{next(MONITORS)}")
        self.shaken = False
        self.poller = zmq.Poller()
        self.poller.register(self.socket, zmq.POLLIN)
        self.poller.register(self.monitor, zmq.POLLIN)
        self.socket.connect(endpoint)
        self.wait(lambda: self.shaken, f"the handshake with {endpoint}")

    def greet(self):
        self.send(Frame(Kind.HELLO, part=self.hello().SerializeToString()))
        self.wait(lambda: self.peer or self.goaway, "HELLO_ACK")
        if self.goaway:
            raise ConnectionLost(f"GOAWAY {self.goaway}")
        return self.peer

    def hello(self):
        hello = self.wire.Hello(
            min_version=self.versions[0], max_version=self.versions[1], build="python", sent_at_us=now_us())
        for name, value in self.limits.items():
            setattr(hello.limits, name, value)
        return hello

    def close(self):
        """Says goodbye and closes."""
        if not self.lost and self.peer:
            self.send(Frame(Kind.GOAWAY))
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(500)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Calls

    def start(self, method, message=None, end=False, timeout=None, metadata=(), key="", sent_at_us=None, grants=True,
              second_part=None):
        """Opens a call; `message` is its first or, with `end`, its only one. `timeout` is in seconds."""
        head = self.wire.Call(method=method, idempotency_key=key, sent_at_us=sent_at_us or now_us())
        if timeout is not None:
            head.timeout_us = int(timeout * 1_000_000)
        for name, value in metadata:
            head.metadata.add(key=name, value=value)
        call = Call(self, next(self.ids), method, grants)
        call.deadline = None if timeout is None else time.monotonic() + timeout
        self.calls[call.id] = call
        apart = message is not None and self.sends_fragments(message)
        flags = Flag.END_STREAM if end and not apart else Flag(0)
        call.frame(
            Kind.CALL, flags, None if apart else message, part=head.SerializeToString(), second_part=second_part)
        if apart:
            call.send(message, end)
        return call

    def sends_fragments(self, message):
        limits = self.peer.limits
        return limits.initial_connection_credit > 0 and len(message) > limits.max_fragment

    def unary(self, method, request=None, **options):
        """Calls with a message and gives the reply, both of the method's types."""
        request_class, reply_class = self.protos.method(method)
        request = request if request is not None else request_class()
        call = self.start(method, request.SerializeToString(), end=True, **options)
        replies = list(call)
        if len(replies) != 1:
            raise BadFrame(f"{len(replies)} replies of {method}")
        return reply_class.FromString(replies[0])

    def request(self, method, **fields):
        return self.protos.method(method)[0](**fields)

    def ping(self, number):
        self.send(Frame(Kind.PING, number=number))
        self.wait(lambda: number in self.pongs, f"PONG {number}")
        self.pongs.remove(number)

    # Frames

    def send(self, frame):
        self.socket.send_multipart(frame.encode())

    def send_together(self, frames):
        """Several frames as one message of ZeroMQ; none of them has a second part."""
        self.socket.send(b"".join(frame.encode()[0] for frame in frames))

    def take_fragment(self, size):
        self.incoming.spend(size)
        if self.grants:
            self.grant(self.incoming.take(size))
        else:
            self.incoming.owed += size

    def grant(self, credit):
        if credit:
            self.send(Frame(Kind.CREDIT, 0, credit=credit))

    def wait(self, condition, what, patience=PATIENCE):
        """Moves the connection on until the condition holds."""
        end = time.monotonic() + patience
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {patience} s for {what}")
            self.pump(min(left, 0.05))
            if self.lost and not condition():
                raise self.lost

    def pump(self, seconds=0.0):
        """Takes one frame, if one comes in time."""
        ready = dict(self.poller.poll(int(seconds * 1000) + 1))
        if self.socket in ready:
            parts = self.socket.recv_multipart()
            try:
                together = 0
                for frame in Frame.decode(parts):
                    together += 1
                    self.receive(frame)
                self.most_together = max(self.most_together, together)
            except BadFrame as error:
                self.give_up(f"bad frame: {error}")
        elif self.monitor in ready:
            event = zmq.utils.monitor.recv_monitor_message(self.monitor)["event"]
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.shaken = True
            else:
                self.give_up("the connection has ended")
        self.keep_deadlines()
        self.keep_alive()

    def keep_deadlines(self):
        now = time.monotonic() - self.grace
        for call in [call for call in self.calls.values() if call.deadline is not None and call.deadline <= now]:
            call.cancel(Code.DEADLINE_EXCEEDED)

    def keep_alive(self):
        if not self.peer or self.lost:
            return
        now, interval = time.monotonic(), self.peer.limits.ping_interval_ms / 1000
        if interval <= 0:
            return
        self.ping_due = self.ping_due or now + interval
        if now - self.heard_at > 3 * interval:
            self.give_up("silent for three intervals")
        elif now >= self.ping_due:
            # However much it hears: the server has to hear of a client that only listens, too.
            self.send(Frame(Kind.PING))
            self.ping_due = now + interval

    def give_up(self, why):
        self.lost = ConnectionLost(why)
        last = self.goaway[1].last_accepted if self.goaway else None
        for call in self.calls.values():
            refused = last is not None and call.id > last
            call.end = RpcError(Code.UNAVAILABLE, why, refused=refused)
        self.calls.clear()

    def receive(self, frame):
        self.heard_at = time.monotonic()
        self.raw.append(frame)
        if frame.kind == Kind.HELLO_ACK:
            self.peer = self.wire.Hello.FromString(frame.part)
            self.serving = self.peer.serving
            self.outgoing = Outgoing(self.peer.limits.initial_connection_credit)
        elif frame.kind in (Kind.HEADERS, Kind.MSG, Kind.END):
            if call := self.calls.get(frame.call):
                call.receive(frame)
            elif frame.has(Flag.FRAGMENT):
                # Nobody reads it any more, but its bytes were on the way.
                self.take_fragment(len(frame.message))
        elif frame.kind == Kind.CREDIT:
            if frame.call == 0:
                self.outgoing.credit += frame.credit
            elif call := self.calls.get(frame.call):
                call.outgoing.credit += frame.credit
        elif frame.kind == Kind.PING:
            self.send(Frame(Kind.PONG, number=frame.number))
        elif frame.kind == Kind.PONG:
            self.pongs.append(frame.number)
        elif frame.kind == Kind.GOAWAY:
            self.goaway = (frame.status, self.wire.GoAway.FromString(frame.part))
        elif frame.kind == Kind.STATE:
            self.serving = frame.status == Code.OK
        elif not frame.has(Flag.OPTIONAL):
            raise BadFrame(f"unknown kind {frame.kind}")
