"""Unary calls: what is asked, what is answered, and how a call fails."""

from harness import check, expect, expect_equal, fails
from olp_frames import Code

PARTNERS = "olp.partnership.v1.Partners/"
HEALTH = "grpc.health.v1.Health/"
NOBODY = "01890000-0000-7000-8000-000000000000"


def details(suite, error, name):
    """The detail of that type in a status; None if it has none."""
    status = suite.protos.message("google.rpc.Status").FromString(error.details)
    expect_equal((status.code, status.message), (error.code, error.message), "google.rpc.Status")
    detail = suite.protos.message(f"google.rpc.{name}")()
    return detail if any(entry.Unpack(detail) for entry in status.details) else None


@check
def hello_says_who_answers_and_what_it_takes(suite):
    with suite.connect() as connection, suite.connect("enrolment") as other:
        peer = connection.peer
        expect_equal((peer.service, other.peer.service), ("partnership", "enrolment"), "the services' names")
        expect(peer.min_version <= 2 <= peer.max_version, f"minor versions {peer.min_version} to {peer.max_version}")
        expect(peer.serving, "it does not serve")
        expect(peer.instance_id and peer.instance_id != other.peer.instance_id, "two processes with one instance id")
        for field in peer.limits.DESCRIPTOR.fields:
            expect(getattr(peer.limits, field.name) > 0, f"no limit {field.name}")
        first = peer.instance_id
        connection.peer = None
        expect_equal(connection.greet().instance_id, first, "the instance id for a second HELLO")


@check
def unary_calls_are_answered(suite):
    with suite.connect() as connection:
        request = suite.partner(connection, notes="Ünïcode ✓")
        partner = connection.unary(PARTNERS + "RegisterPartner", request)
        expect_equal((partner.name, partner.notes, partner.version), (request.name, request.notes, 1), "the reply")
        got = connection.unary(PARTNERS + "GetPartner", connection.request(PARTNERS + "GetPartner", id=partner.id))
        expect_equal(got, partner, "the partner that was read again")
        expect_equal(list(connection.raw)[-1].flags & 32, 32, "HAS_MESSAGE on END")


@check
def messages_lie_in_either_part_of_a_frame(suite):
    with suite.connect() as connection:
        method = PARTNERS + "RegisterPartner"
        for size, second_part in [(10, True), (10, False), (30_000, True), (30_000, False)]:
            request = suite.partner(connection)
            # Fields that nobody knows bring it to its size.
            padding = b"\xfa\x7f" + bytes([0x80 | size & 0x7F, 0x80 | size >> 7 & 0x7F, size >> 14]) + b"x" * size
            call = connection.start(
                method, request.SerializeToString() + padding, end=True, second_part=second_part)
            reply = connection.protos.method(method)[1].FromString(call.read())
            expect_equal(reply.name, request.name, f"the reply to {size} bytes, second part: {second_part}")


@check
def a_message_of_no_bytes_is_one(suite):
    with suite.connect() as connection:
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "the status")
        expect_equal(
            connection.unary("olp.common.v1.Feed/ListFollowed").DESCRIPTOR.name, "ListFollowedReply", "the reply")
        call = connection.start("olp.partnership.v1.Schools/SearchSchools", b"", end=True)
        expect(call.read() is not None and call.read() is None, "a reply and an end")


@check
def unknown_methods_are_unimplemented(suite):
    with suite.connect() as connection:
        for method in [PARTNERS + "Remove", "olp.partnership.v1.Clubs/Get", "nothing", "/" + HEALTH + "Check"]:
            error = fails(Code.UNIMPLEMENTED, connection.start(method, b"", end=True).read)
            expect(error.refused, f"{method} is not REFUSED though no handler saw it")


@check
def not_found_says_what(suite):
    with suite.connect() as connection:
        error = fails(Code.NOT_FOUND, lambda: connection.unary(
            PARTNERS + "GetPartner", connection.request(PARTNERS + "GetPartner", id=NOBODY)))
        info = details(suite, error, "ResourceInfo")
        expect(info, "no google.rpc.ResourceInfo")
        expect_equal((info.resource_type, info.resource_name), ("partner", NOBODY), "the resource")
        expect(not error.refused, "a handler saw it")


@check
def invalid_arguments_name_their_fields(suite):
    with suite.connect() as connection:
        error = fails(Code.INVALID_ARGUMENT, lambda: connection.unary(PARTNERS + "RegisterPartner"))
        wrong = details(suite, error, "BadRequest")
        expect(wrong, "no google.rpc.BadRequest")
        expect("kind" in [violation.field for violation in wrong.field_violations], f"the fields: {wrong}")


@check
def metadata_says_who_calls(suite):
    with suite.connect() as connection:
        metadata = [("olp-actor-id", b"python-1"), ("olp-actor-kind", b"operator"), ("olp-request-id", b"request-1"),
                    ("some-bytes-bin", bytes(range(256))), ("a_b.c-9", b"printable ~")]
        partner = connection.unary(PARTNERS + "RegisterPartner", suite.partner(connection), metadata=metadata)
        history = connection.unary(
            PARTNERS + "ListPartnerHistory", connection.request(PARTNERS + "ListPartnerHistory", id=partner.id))
        actor = history.entries[0].actor
        expect_equal((actor.id, actor.kind), ("python-1", "operator"), "who did it")


@check
def too_much_ends_the_call_alone(suite):
    with suite.connect() as connection:
        limits = connection.peer.limits
        many = [(f"key-{number}", b"x" * 1000) for number in range(limits.max_metadata // 1000 + 1)]
        fails(Code.RESOURCE_EXHAUSTED, lambda: connection.unary(HEALTH + "Check", metadata=many))
        whole = connection.peer.limits.max_message + 1
        connection.peer.limits.max_fragment = whole
        fails(Code.RESOURCE_EXHAUSTED, connection.start(HEALTH + "Check", bytes(whole), end=True).read)
        expect_equal(connection.unary(HEALTH + "Check").status, 1, "the status afterwards")


@check
def a_key_makes_a_write_happen_once(suite):
    with suite.connect() as connection:
        method, key = PARTNERS + "RegisterPartner", "python-key-1"
        request = suite.partner(connection)
        first = connection.unary(method, request, key=key)
        expect_equal(connection.unary(method, request, key=key), first, "the second answer")
        listed = connection.unary(
            PARTNERS + "ListPartners", connection.request(PARTNERS + "ListPartners", query=request.name))
        expect_equal([partner.id for partner in listed.partners], [first.id], "what is there")
        other = suite.partner(connection)
        fails(Code.FAILED_PRECONDITION, lambda: connection.unary(method, other, key=key))


@check
def health_is_answered(suite):
    with suite.connect() as connection:
        for name in ["", "olp.partnership.v1.Partners"]:
            request = connection.request(HEALTH + "Check", service=name)
            expect_equal(connection.unary(HEALTH + "Check", request).status, 1, f"the status of \"{name}\"")
        nobody = connection.request(HEALTH + "Check", service="no.such.Service")
        fails(Code.NOT_FOUND, lambda: connection.unary(HEALTH + "Check", nobody))
        statuses = connection.unary(HEALTH + "List").statuses
        expect("olp.partnership.v1.Partners" in statuses, f"the list: {sorted(statuses)}")


@check
def calls_answer_out_of_turn(suite):
    with suite.connect() as connection:
        calls = [connection.start(HEALTH + "Check", b"", end=True) for _ in range(200)]
        for call in reversed(calls):
            expect(call.read() is not None, "no answer")
            expect(call.read() is None, "more than one answer")
