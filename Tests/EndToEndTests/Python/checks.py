"""Checks that a client written from the wire's specification alone can do everything with the real services.

checks.py --data FOLDER [NAME…]: FOLDER is that of a suite that runs (`olp up --data`); names choose checks. Prints
"ok NAME" or "FAILED NAME: why" for each, and ends with 1 if one failed.
"""

import argparse
import pathlib
import sys

import harness
from olp_messages import Protos

# In the order in which they run: later ones find the register that was uploaded, the last one stops a service.
import checks_calls  # noqa: F401
import checks_streams  # noqa: F401
import checks_fragments  # noqa: F401
import checks_connection  # noqa: F401
import checks_drain  # noqa: F401


def main():
    root = pathlib.Path(__file__).resolve().parents[3]
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    suite = harness.Suite(arguments.data, root, Protos(root / "Protos"))
    return 1 if harness.run(suite, arguments.names) else 0


if __name__ == "__main__":
    sys.exit(main())
