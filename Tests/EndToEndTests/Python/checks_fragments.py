"""Messages in fragments, both ways, beside small calls."""

from checks_calls import HEALTH
from checks_streams import IMPORTS, REFLECTION, asked, upload, uploaded
from harness import check, expect, expect_equal, fails
from olp_frames import Code, Flag, Kind

SEARCH = "olp.partnership.v1.Schools/SearchSchools"
PIECE = 8 * 1024


def search(connection, **options):
    """A search whose answer is longer than some fragments of 8 KiB."""
    request = connection.request(SEARCH, page_size=100)
    return connection.start(SEARCH, request.SerializeToString(), end=True, **options)


@check
def big_answers_come_in_fragments(suite):
    uncut, cut = {"max_fragment": PIECE, "initial_connection_credit": 0}, {"max_fragment": PIECE}
    with suite.connect(versions=(1, 1), limits=uncut) as old, suite.connect(limits=uncut) as whole, \
            suite.connect(limits=cut) as connection:
        answers = [search(client) for client in (old, whole, connection)]
        messages = [call.read() for call in answers]
        expect(len(messages[0]) > 4 * PIECE, f"an answer of {len(messages[0])} bytes")
        expect(messages[1:] == messages[:1] * 2, "the answers differ")
        expect(all(call.read() is None for call in answers), "more than one answer")
        expect_equal([call.fragments > 0 for call in answers], [False, False, True], "who got fragments")
        expect_equal(answers[2].fragments, -(-len(messages[2]) // PIECE), "the fragments")


@check
def a_big_answer_waits_for_credit_and_small_ones_pass_it(suite):
    window = 2 * PIECE
    limits = {"max_fragment": PIECE, "initial_connection_credit": window}
    with suite.connect(limits=limits) as connection:
        connection.grants = False
        call = search(connection)
        call.wait(lambda: connection.incoming.left <= 0, "the connection's credit to be used up")
        for number in range(3):
            connection.ping(number)
            expect_equal(connection.unary(HEALTH + "Check").status, 1, "a small call beside the big answer")
        expect(call.received_bytes < window + PIECE, f"{call.received_bytes} bytes came with a window of {window}")
        expect(not call.messages and not call.end, "the answer is whole")
        connection.grants = True
        connection.grant(connection.incoming.take(0))
        expect(call.read() is not None and call.read() is None, "an answer and an end")


def fragment(call, piece, flags=Flag(0), whole=0, **fields):
    call.frame(Kind.MSG, Flag.FRAGMENT | flags, piece, whole=whole, **fields)


@check
def small_calls_go_between_a_messages_fragments(suite):
    with suite.connect() as connection:
        opened = connection.unary(IMPORTS + "CreateGiasImport")
        call, messages = upload(suite, connection, opened.id, "allgroupsdata.csv", 2, 250_000)
        message = messages[0]
        expect_equal(len(messages), 1, "the messages")
        for at in range(0, len(message), PIECE):
            more = at + PIECE < len(message)
            fragment(call, message[at:at + PIECE], Flag.MORE if more else Flag.END_STREAM, 0 if at else len(message))
            expect_equal(connection.unary(HEALTH + "Check").status, 1, "a small call in between")
        expect_equal(uploaded(suite, call).files[0].bytes_total, len(suite.file("allgroupsdata.csv")), "the bytes")


@check
def big_messages_go_both_ways_in_one_call(suite):
    with suite.connect() as connection:
        request, response = connection.protos.method(REFLECTION)
        call = connection.start(REFLECTION)
        for size in [1_500_000, 1, 70_000]:
            call.send(asked(request, size))
            answer = response.FromString(call.read())
            expect_equal(len(answer.original_request.host), size, "the size of what was answered")
        call.finish()
        expect(call.read() is None, "an answer after the end")
        expect(call.fragments > 1_500_000 // connection.limits["max_fragment"], "no fragments")


@check
def a_unary_request_may_come_in_fragments(suite):
    with suite.connect() as connection:
        request = connection.request(SEARCH, query="oldham").SerializeToString()
        reply = connection.start(SEARCH, request, end=True).read()
        call = connection.start(SEARCH)
        fragment(call, request[:3], Flag.MORE, len(request))
        fragment(call, b"", Flag.MORE)
        fragment(call, request[3:], Flag.END_STREAM)
        expect_equal(call.read(), reply, "the answer to fragments")


@check
def wrong_fragments_end_their_call(suite):
    with suite.connect() as connection:
        most = connection.peer.limits.max_message

        def ends(code, *fragments):
            call = connection.start(SEARCH)
            for piece, flags, whole in fragments:
                fragment(call, piece, flags, whole)
            fails(code, call.read)

        ends(Code.RESOURCE_EXHAUSTED, (b"x", Flag.MORE, most + 1))
        ends(Code.INTERNAL, (b"xx", Flag.MORE, 3), (b"xx", Flag.END_STREAM, 0))
        ends(Code.INTERNAL, (b"xx", Flag.MORE, 5), (b"xx", Flag.END_STREAM, 0))
        call = connection.start(SEARCH)
        fragment(call, b"xx", Flag.MORE, 5)
        call.frame(Kind.MSG, Flag(0), b"another")
        fails(Code.INTERNAL, call.read)
        for flags in [Flag.MORE | Flag.END_STREAM, Flag.MORE]:
            call = connection.start(REFLECTION)
            fragment(call, b"xx", flags, 5)
            call.finish()
            fails(Code.INTERNAL, call.read)
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "a call afterwards")
