"""Streams of every kind, with credit, deadlines and cancellation."""

import signal

from checks_calls import HEALTH, PARTNERS
from harness import check, expect, expect_equal, fails
from olp_frames import Code, Flag, Kind
from olp_rpc import now_us

IMPORTS = "olp.partnership.v1.GiasImports/"
FOLLOW = "olp.common.v1.Feed/Follow"
REFLECTION = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


def upload(suite, connection, identifier, name, kind, piece):
    """Opens the upload of a sample file, and gives the call and the messages that are left to send."""
    content = suite.file(name)
    request = suite.protos.method(IMPORTS + "UploadGiasFile")[0]
    head = request()
    head.head.import_id, head.head.file, head.head.name = identifier, kind, name
    head.head.bytes_total = len(content)
    call = connection.start(IMPORTS + "UploadGiasFile", head.SerializeToString())
    pieces = [content[at:at + piece] for at in range(0, len(content), piece)]
    return call, [request(bytes=piece).SerializeToString() for piece in pieces]


def send_all(call, messages):
    for message in messages[:-1]:
        call.send(message)
    call.send(messages[-1], end=True)


def uploaded(suite, call):
    """The reply of an upload."""
    reply = suite.protos.method(IMPORTS + "UploadGiasFile")[1].FromString(call.read())
    expect(call.read() is None, "more than one answer")
    return reply


@check
def a_file_goes_up_with_credit_and_in_fragments(suite):
    with suite.connect() as connection:
        opened = connection.unary(IMPORTS + "CreateGiasImport")
        call, messages = upload(suite, connection, opened.id, "edubasealldata.csv", 1, 250_000)
        size = sum(map(len, messages))
        expect(size > 2 * connection.peer.limits.initial_stream_credit, f"{size} bytes need no credit")
        expect(len(messages[0]) > connection.peer.limits.max_fragment, "its messages need no fragments")
        send_all(call, messages)
        reply = uploaded(suite, call)
        expect_equal(reply.files[0].bytes_total, len(suite.file("edubasealldata.csv")), "what has come")
        granted = [frame for frame in connection.raw if frame.kind == Kind.CREDIT]
        expect(any(frame.call == call.id for frame in granted), "no credit was granted on the call")
        expect(any(frame.call == 0 for frame in granted), "no credit was granted on the connection")
        watch_import(connection, opened.id)


def watch_import(connection, identifier):
    """Starts the import and follows it to its end."""
    connection.unary(IMPORTS + "StartGiasImport", connection.request(IMPORTS + "StartGiasImport", id=identifier))
    request, reply = connection.protos.method(IMPORTS + "WatchGiasImport")
    call = connection.start(IMPORTS + "WatchGiasImport", request(id=identifier).SerializeToString(), end=True)
    states = [reply.FromString(message) for message in call]
    expect_equal(states[-1].state, 4, f"the state at the end, {states[-1].failure}")
    expect_equal(states[-1].files[0].inserted, 1200, "the schools")


@check
def an_upload_may_end_without_a_message(suite):
    with suite.connect() as connection:
        opened = connection.unary(IMPORTS + "CreateGiasImport")
        call, messages = upload(suite, connection, opened.id, "links_edubasealldata.csv", 4, 5_000)
        for message in messages:
            call.send(message)
        call.finish()
        expect_equal(uploaded(suite, call).files[0].bytes_total, len(suite.file("links_edubasealldata.csv")), "bytes")


@check
def a_stream_stops_at_its_window_and_goes_on_with_credit(suite):
    window = 4_000
    with suite.connect(limits={"initial_stream_credit": window}) as connection:
        follow, event = connection.protos.method(FOLLOW)
        # `Incoming` fails the connection if anything is sent without credit.
        call = connection.start(FOLLOW, follow(until_now=True).SerializeToString(), end=True, grants=False)
        call.wait(lambda: call.incoming.left <= 0, "the window's end")
        connection.ping(1)
        connection.ping(2)
        held = sum(len(message) + call.COST for message, _ in call.messages)
        largest = max(len(message) + call.COST for message, _ in call.messages)
        expect(window <= held < window + largest, f"{held} bytes came with a window of {window}")
        call.grants = True
        events = [event.FromString(message) for message in call]
        schools = sum(entry.type == "school.added" for entry in events)
        expect_equal(schools, 1200, "events of schools")
        expect_equal(call.end.code, Code.OK, "the end")


@check
def a_stream_waits_for_what_happens(suite):
    with suite.connect() as connection, suite.connect() as writer:
        end = connection.unary("olp.common.v1.Feed/GetFeedPosition").position
        follow, event = connection.protos.method(FOLLOW)
        call = connection.start(FOLLOW, follow(after=end).SerializeToString(), end=True)
        connection.ping(1)
        expect(not call.messages, "an event before something happened")
        partner = writer.unary(PARTNERS + "RegisterPartner", suite.partner(writer))
        expect_equal(event.FromString(call.read()).subject, partner.id, "the event's subject")
        call.cancel()


@check
def both_sides_stream_at_once(suite):
    with suite.connect() as connection:
        request, response = connection.protos.method(REFLECTION)
        call = connection.start(REFLECTION)
        call.send(request(list_services="").SerializeToString())
        services = response.FromString(call.read()).list_services_response
        names = [service.name for service in services.service]
        expect("olp.partnership.v1.Partners" in names, f"the services: {names}")
        for name in names:
            call.send(request(file_containing_symbol=name).SerializeToString())
            answer = response.FromString(call.read())
            expect(answer.file_descriptor_response.file_descriptor_proto, f"no file of {name}")
        call.send(request(file_containing_symbol="no.such.Name").SerializeToString(), end=True)
        expect_equal(response.FromString(call.read()).error_response.error_code, Code.NOT_FOUND, "the error's code")
        expect(call.read() is None, "an answer after the end")


def asked(request, size=60_000):
    """A question of that many bytes; its answer is small."""
    return request(host="x" * size, file_containing_symbol="no.such.Name").SerializeToString()


@check
def a_writer_waits_for_a_handler_that_waits_for_its_reader(suite):
    # The handler can write one answer, whose reader grants nothing, so it takes no more questions.
    with suite.connect(limits={"initial_stream_credit": 1}) as connection:
        request = connection.protos.method(REFLECTION)[0]
        call = connection.start(REFLECTION, grants=False)
        sent = 0
        while call.outgoing.credit > 0:
            call.send(asked(request))
            sent += 1
        connection.ping(1)
        connection.ping(2)
        expect(call.outgoing.credit <= 0 and not call.end, "credit was granted for what nobody had taken")
        call.grants = True
        for _ in range(sent):
            expect(call.read() is not None, "no answer")
        call.send(asked(request), end=True)
        expect_equal(len(list(call)), 1, "the answers to the question after credit was granted")


@check
def what_is_sent_without_credit_ends_the_call(suite):
    with suite.connect(limits={"initial_stream_credit": 1}) as connection:
        request = connection.protos.method(REFLECTION)[0]
        call = connection.start(REFLECTION, grants=False)
        for _ in range(20):
            call.frame(Kind.MSG, Flag(0), asked(request))
        call.wait(lambda: call.end, "the end")
        expect_equal(call.end.code, Code.INTERNAL, f"the code of \"{call.end}\"")
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call afterwards")


@check
def a_call_has_the_messages_that_its_method_takes(suite):
    with suite.connect() as connection:
        call = connection.start(HEALTH + "Check")
        call.finish()
        fails(Code.UNIMPLEMENTED, call.read)
        call = connection.start(HEALTH + "Check", b"")
        call.send(b"", end=True)
        fails(Code.UNIMPLEMENTED, call.read)
        call = connection.start(HEALTH + "Check", b"")
        call.finish()
        expect(call.read() is not None and call.read() is None, "an answer to a request stream that ends apart")


@check
def the_server_keeps_deadlines(suite):
    with suite.connect() as connection:
        connection.grace = 60
        call = connection.start(HEALTH + "Watch", b"", end=True, timeout=0.15)
        expect(call.read() is not None, "no status")
        begun = now_us()
        error = fails(Code.DEADLINE_EXCEEDED, call.read)
        expect(not error.refused, "a handler saw it")
        expect(now_us() - begun < 2_000_000, "it ended long after its time")
        expect_equal(connection.unary(HEALTH + "Check", timeout=5).status, 1, "a call in time")


@check
def the_client_keeps_them_when_the_server_does_not_answer(suite):
    with suite.connect() as connection:
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call before")
        suite.signal("partnership", signal.SIGSTOP)
        try:
            fails(Code.DEADLINE_EXCEEDED, lambda: connection.unary(HEALTH + "Check", timeout=0.1))
        finally:
            suite.signal("partnership", signal.SIGCONT)
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call afterwards")


@check
def what_waited_too_long_is_not_started(suite):
    with suite.connect() as connection:
        request = suite.partner(connection)
        late = connection.start(
            PARTNERS + "RegisterPartner", request.SerializeToString(), end=True, timeout=1,
            sent_at_us=now_us() - 5_000_000)
        error = fails(Code.DEADLINE_EXCEEDED, late.read)
        expect(error.refused, "it is not REFUSED though no handler saw it")
        listed = connection.unary(
            PARTNERS + "ListPartners", connection.request(PARTNERS + "ListPartners", query=request.name))
        expect(not listed.partners, "it was done all the same")


@check
def a_cancelled_call_is_over_and_the_connection_lives(suite):
    with suite.connect() as connection:
        end = connection.unary("olp.common.v1.Feed/GetFeedPosition").position
        follow = connection.protos.method(FOLLOW)[0]
        call = connection.start(FOLLOW, follow(after=end).SerializeToString(), end=True)
        connection.ping(1)
        call.cancel()
        connection.ping(2)
        connection.raw.clear()
        connection.unary(PARTNERS + "RegisterPartner", suite.partner(connection))
        connection.ping(3)
        stray = [frame for frame in connection.raw if frame.call == call.id and frame.kind != Kind.END]
        expect(not stray, f"frames of the call: {stray}")


@check
def health_is_watched(suite):
    with suite.connect() as connection:
        request, response = connection.protos.method(HEALTH + "Watch")
        for name, status in [("", 1), ("olp.partnership.v1.Schools", 1), ("no.such.Service", 3)]:
            call = connection.start(HEALTH + "Watch", request(service=name).SerializeToString(), end=True)
            expect_equal(response.FromString(call.read()).status, status, f"the status of \"{name}\"")
            expect(not call.end, "the stream does not stay open")
            call.cancel()
