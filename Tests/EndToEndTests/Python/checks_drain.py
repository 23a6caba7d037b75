"""What becomes of a connection when its server stops or dies, and after it has started again. Comes last."""

import signal

from checks_calls import HEALTH, PARTNERS
from checks_streams import IMPORTS, send_all, upload, uploaded
from harness import check, expect, expect_equal, fails, poll
from olp_frames import Code
from olp_rpc import ConnectionLost

SERVING, NOT_SERVING = 1, 2


def watch(connection):
    """Opens Health/Watch, and reads that the server serves."""
    call = connection.start(HEALTH + "Watch", b"", end=True)
    expect_equal(status_of(connection, call), SERVING, "the status at first")
    return call


def status_of(connection, call):
    return connection.protos.method(HEALTH + "Watch")[1].FromString(call.read()).status


@check
def a_server_that_stops_lets_calls_end_and_comes_back_as_another(suite):
    with suite.connect() as connection:
        opened = connection.unary(IMPORTS + "CreateGiasImport")
        call, messages = upload(suite, connection, opened.id, "edubasealldata.csv", 1, 50_000)
        call.send(messages[0])
        watched = watch(connection)

        pid = suite.signal("partnership", signal.SIGTERM)
        connection.wait(lambda: connection.goaway, "GOAWAY")
        status, goaway = connection.goaway
        expect_equal(status, Code.UNAVAILABLE, f"GOAWAY's code, {goaway.reason}")
        expect_equal(goaway.last_accepted, watched.id, "last_accepted")
        expect_equal(status_of(connection, watched), NOT_SERVING, "the status that is watched")
        fails(Code.UNAVAILABLE, watched.read)

        late = fails(Code.UNAVAILABLE, lambda: connection.unary(
            PARTNERS + "RegisterPartner", suite.partner(connection)))
        expect(late.refused, "a call after GOAWAY is not REFUSED")

        send_all(call, messages[1:])
        expect_equal(uploaded(suite, call).files[0].bytes_total, len(suite.file("edubasealldata.csv")), "what has come")
        expect(not connection.lost and suite.pid("partnership") == pid, "it did not wait for the client's goodbye")
    comes_back(suite, "partnership", pid, connection.peer.instance_id)


@check
def a_server_that_dies_ends_its_calls_and_comes_back_as_another(suite):
    with suite.connect("enrolment") as connection:
        watched = watch(connection)
        pid = suite.signal("enrolment", signal.SIGKILL)
        error = fails(Code.UNAVAILABLE, watched.read)
        expect(connection.lost and not connection.goaway and not error.refused, "it is not like a death")
    comes_back(suite, "enrolment", pid, connection.peer.instance_id)


def comes_back(suite, service, pid, instance):
    """Waits for the process that takes the place of `pid`, and for it to serve."""
    poll(lambda: suite.pid(service) not in (pid, None), "another process")
    with poll(lambda: connected(suite, service), "the new process's answer") as connection:
        expect(connection.peer.instance_id != instance, "the instance id is the old one")
        # It answers before it serves.
        call = connection.start(HEALTH + "Watch", b"", end=True)
        while status_of(connection, call) != SERVING:
            pass
        call.cancel()


def connected(suite, service):
    """None while nobody answers."""
    try:
        return suite.connect(service)
    except ConnectionLost:
        return None
