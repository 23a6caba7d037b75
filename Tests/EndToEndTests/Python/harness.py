"""What the checks have in common: their list, the suite that they talk to, and words for what went wrong."""

import dataclasses
import json
import os
import pathlib
import time
import traceback
import uuid

from olp_messages import Protos
from olp_rpc import PATIENCE, Connection, RpcError

CHECKS = []


def check(function):
    """Enters a check; its name is the function's."""
    CHECKS.append(function)
    return function


class Failed(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failed(what)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what} is {found!r}, not {wanted!r}")


def fails(code, body):
    """The error that `body` ends with; it must be of this code."""
    try:
        result = body()
    except RpcError as error:
        expect_equal(error.code, code, f"the code of \"{error}\"")
        return error
    raise Failed(f"no error where {code.name} was due, but {result!r}")


def poll(condition, what, patience=PATIENCE):
    """What `condition` gives as soon as it gives something."""
    end = time.monotonic() + patience
    while not (result := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience} s for {what}")
        time.sleep(0.01)
    return result


@dataclasses.dataclass
class Suite:
    """A suite that runs, by its data folder."""

    data: pathlib.Path
    root: pathlib.Path
    protos: Protos

    def service(self, name):
        state = json.loads((self.data / "suite.json").read_text())
        return next(service for service in state["services"] if service["name"] == name)

    def connect(self, service="partnership", **options):
        return Connection(self.protos, self.service(service)["endpoint"], **options)

    def signal(self, service, number):
        """Sends a signal to a service, and gives the process id that it had."""
        pid = self.pid(service)
        os.kill(pid, number)
        return pid

    def pid(self, service):
        """None while it is not running."""
        return self.service(service).get("pid")

    def partner(self, connection, **options):
        """A request for a partner with a name of its own."""
        return connection.request(
            "olp.partnership.v1.Partners/RegisterPartner", name=f"Python hub {uuid.uuid4().hex}",
            kind="PARTNER_KIND_TEACHING_SCHOOL_HUB", **options)

    def file(self, name):
        return (self.root / "deploy" / "sample" / name).read_bytes()


def run(suite, names):
    """Runs the checks, or those named; a line for each. The number that failed."""
    failed = 0
    for function in CHECKS:
        if names and function.__name__ not in names:
            continue
        try:
            function(suite)
            print(f"ok {function.__name__}", flush=True)
        except Exception as error:  # a check that fails must not keep the others from being made
            place = traceback.extract_tb(error.__traceback__)
            lines = " < ".join(f"{pathlib.Path(at.filename).name}:{at.lineno}" for at in reversed(place[-4:]))
            print(f"FAILED {function.__name__}: {type(error).__name__}: {error} ({lines})", flush=True)
            failed += 1
    return failed
