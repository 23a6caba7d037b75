"""What holds for a connection: greeting, pings, versions, and what a server makes of rubbish."""

import contextlib
import random

from checks_calls import HEALTH
from checks_streams import REFLECTION
from harness import check, expect, expect_equal, fails
from olp_frames import Code, Flag, Frame, Kind

NOT_SPOKEN = 12  # GOAWAY's code


def hello(connection):
    return Frame(Kind.HELLO, part=connection.hello().SerializeToString())


def health(connection, identifier, **fields):
    """A frame that opens a call of Health/Check."""
    part = connection.wire.Call(method=HEALTH + "Check").SerializeToString()
    return Frame(
        Kind.CALL, identifier, fields.pop("flags", Flag.END_STREAM), part=part, message=fields.pop("message", b""),
        **fields)


def turned_away(connection):
    """Waits for GOAWAY 12; nothing else may have come before it since the frames were last looked at."""
    connection.wait(lambda: connection.goaway, "GOAWAY")
    expect_equal(connection.goaway[0], NOT_SPOKEN, f"GOAWAY's code, {connection.goaway[1].reason}")
    expect_equal([frame.kind for frame in connection.raw], [Kind.GOAWAY], "what came")


@check
def pings_are_answered_with_their_number(suite):
    with suite.connect() as connection:
        for number in [0, 1, 0xFFFFFFFF, 77]:
            connection.ping(number)


@check
def a_version_that_is_not_spoken_is_turned_away(suite):
    with suite.connect(versions=(1000, 1001), greet=False) as connection:
        connection.send(hello(connection))
        turned_away(connection)
    with suite.connect(greet=False) as connection:
        frame = hello(connection)
        frame.major = 2
        connection.send(frame)
        turned_away(connection)
    with suite.connect(versions=(1, 1000)) as connection:
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call of a client that speaks more")


@check
def frames_that_come_together_are_taken_one_by_one(suite):
    with suite.connect() as connection:
        connection.send_together([health(connection, number) for number in range(1, 9)] + [Frame(Kind.PING, number=7)])
        connection.wait(lambda: len(connection.raw) >= 10, "eight answers and a PONG")
        ends = sorted(frame.call for frame in connection.raw if frame.kind == Kind.END and frame.status == Code.OK)
        expect_equal(ends, list(range(1, 9)), "the calls that were answered")
        connection.ping(8)


@check
def a_client_of_an_older_version_gets_every_frame_alone(suite):
    for versions in [(1, 1), (1, 2)]:
        with suite.connect(versions=versions) as connection:
            # The server's PONGs are ready at once: to others it would send them together.
            for number in range(1, 101):
                connection.send(Frame(Kind.PING, number=number))
            connection.wait(lambda: len(connection.pongs) == 100, "a hundred PONGs")
            expect_equal(list(connection.pongs), list(range(1, 101)), "the PONGs")
            expect_equal(connection.most_together, 1, f"frames in one message for versions {versions}")


@check
def a_call_before_hello_is_turned_away(suite):
    with suite.connect(greet=False) as connection:
        connection.send(health(connection, 1))
        turned_away(connection)


@contextlib.contextmanager
def bystander(suite):
    """A connection with an open stream, which must not notice what happens meanwhile."""
    with suite.connect() as connection:
        request, response = connection.protos.method(REFLECTION)
        call = connection.start(REFLECTION)

        def asks():
            call.send(request(list_services="").SerializeToString())
            expect(response.FromString(call.read()).list_services_response.service, "no services")

        asks()
        yield
        asks()
        expect(not connection.lost and not connection.goaway and not call.end, "the bystander was disturbed")
        call.cancel()


def rubbish(connection):
    """Messages of ZeroMQ for which a peer is forgotten without an answer, by what is wrong with them."""
    good = health(connection, 5).encode()[0]
    yield "31 bytes", [good[:31]]
    yield "no bytes", [b""]
    yield "a foreign magic", health(connection, 5, magic=0x5B).encode()
    yield "another major version", health(connection, 5, major=2).encode()
    yield "a byte too many", [good + b"x"]
    yield "a byte too few", [good[:-1]]
    yield "a second part of another length", [health(connection, 5, message=b"xx", second_part=True).encode()[0], b"x"]
    yield "call 0", health(connection, 0).encode()
    yield "a call id that was used", health(connection, 2).encode()
    yield "a call id below the last", health(connection, 1).encode()


@check
def rubbish_is_not_answered_and_disturbs_nobody(suite):
    with bystander(suite):
        with suite.connect() as counted:
            count = len(list(rubbish(counted)))
        for index in range(count):
            with suite.connect() as connection:
                connection.send(health(connection, 2))
                connection.wait(lambda: connection.raw[-1].kind == Kind.END, "the answer to a good call")
                connection.raw.clear()
                name, parts = list(rubbish(connection))[index]
                connection.socket.send_multipart(parts)
                connection.send(health(connection, 9))
                try:
                    turned_away(connection)
                except Exception as error:
                    raise AssertionError(f"{name}: {error}") from error


@check
def random_bytes_disturb_nobody(suite):
    seed = random.randrange(1 << 32)
    source = random.Random(seed)
    try:
        with bystander(suite):
            for _ in range(20):
                with suite.connect() as connection:
                    for _ in range(20):
                        frame = bytearray(b"".join(health(connection, source.randrange(10)).encode()))
                        for _ in range(source.randrange(4)):
                            frame[source.randrange(len(frame))] = source.randrange(256)
                        connection.socket.send_multipart([bytes(frame[:source.randrange(len(frame) + 1)])])
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error}") from error


@check
def a_frame_that_is_too_big_cuts_the_connection(suite):
    with bystander(suite), suite.connect() as connection:
        connection.send(health(connection, 1, message=bytes(connection.peer.limits.max_message + (128 << 10))))
        connection.wait(lambda: connection.lost, "the connection's end")


@check
def what_is_not_for_an_open_call_is_ignored(suite):
    with suite.connect() as connection:
        first = connection.start(HEALTH + "Check", b"", end=True)
        expect(first.read() is not None and first.read() is None, "an answer and an end")
        for identifier in [first.id, 1_000_000]:
            connection.send(Frame(Kind.MSG, identifier, message=b"x", sequence=1))
            connection.send(Frame(Kind.CREDIT, identifier, credit=5))
            connection.send(Frame(Kind.CANCEL, identifier, status=Code.CANCELLED))
        connection.send(Frame(99, 0, Flag.OPTIONAL, part=b"whatever"))
        good = health(connection, next(connection.ids), second_part=True).encode()
        connection.socket.send_multipart(good + [b"third"])
        connection.wait(lambda: connection.raw[-1].kind == Kind.END, "the answer to a frame of three parts")
        expect_equal(connection.raw[-1].status, Code.OK, "its status")
        connection.ping(1)


@check
def what_cannot_be_parsed_ends_its_call(suite):
    with suite.connect() as connection:
        group = b"\xfb\x7f\xfc\x7f"  # field 2047 as a group that ends at once
        cut = b"\x0a\x10x"
        for message in [cut, group]:
            fails(Code.INTERNAL, connection.start(HEALTH + "Check", message, end=True).read)
        for part in [cut, group + connection.wire.Call(method=HEALTH + "Check").SerializeToString()]:
            connection.raw.clear()
            identifier = next(connection.ids)
            connection.send(Frame(Kind.CALL, identifier, Flag.END_STREAM, part=part, message=b""))
            connection.wait(lambda: connection.raw, "an answer")
            answer = connection.raw[-1]
            expect_equal((answer.kind, answer.call, answer.status), (Kind.END, identifier, Code.INTERNAL), "the answer")
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call afterwards")


@check
def a_gap_in_the_sequence_ends_its_call(suite):
    with suite.connect() as connection:
        call = connection.start(REFLECTION)
        next(call.sequence)
        call.frame(Kind.MSG, Flag(0), b"")
        fails(Code.INTERNAL, call.read)
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call afterwards")


@check
def compressed_messages_are_not_taken(suite):
    with suite.connect() as connection:
        connection.raw.clear()
        connection.send(health(connection, next(connection.ids), flags=Flag.END_STREAM | Flag.COMPRESSED))
        connection.wait(lambda: connection.raw, "an answer")
        expect_equal((connection.raw[-1].kind, connection.raw[-1].status), (Kind.END, Code.UNIMPLEMENTED), "the answer")
