#!/usr/bin/env python3
"""Fills the empty stores of a suite with what a large provider has, to measure lists and overviews on.

    olp up --detach --data DIR && olp down --data DIR     # makes the stores
    fill.py --data DIR [--seed N] [--at TIME] [--size 1.0]

At size 1: 100,000 candidates, about 110,000 applications, 2,000 events, 500,000 bookings, and what belongs to them:
waiting lists, registers, participants, partners (if the register of schools was imported before), questionnaires (if
Diagnostics has tables), histories and feeds. Everything that the services promise of their stores holds: see the
checks at the end. The same seed, time and schools give the same rows. Nobody in it is a real person.

Standard library only; a few minutes and 2 GB.
"""
import argparse
import datetime
import os
import random
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from diagnostics import Diagnostics  # noqa: E402
from enrolment import Enrolment  # noqa: E402
from partnership import Partnership  # noqa: E402
from stores import Chance, Unusable  # noqa: E402
from training_events import TrainingEvents  # noqa: E402

# What must find nothing: rows that contradict each other.
CHECKS = {
    "training-events": {
        "an event's count of bookings": """
            SELECT e.id FROM events e WHERE booked <> (
                SELECT COUNT(*) FROM bookings b WHERE b.event_id = e.id AND b.status = 1)""",
        "an event's counts of its waiting list": """
            SELECT e.id FROM events e LEFT JOIN (
                SELECT event_id, SUM(status = 1) w, SUM(status = 2) o FROM waiting_entries GROUP BY event_id
            ) c ON c.event_id = e.id WHERE e.waiting <> COALESCE(c.w, 0) OR e.offered <> COALESCE(c.o, 0)""",
        "a free place while somebody waits": """
            SELECT id FROM events WHERE waiting > 0 AND capacity > booked + offered + reserved + blocked""",
        "a place of one who waits": """
            SELECT w.id FROM waiting_entries w JOIN bookings b ON b.event_id = w.event_id
            AND b.candidate_id = w.candidate_id AND b.status = 1 WHERE w.status IN (1, 2)""",
        "a booking of one of another programme": """
            SELECT b.id FROM bookings b JOIN events e ON e.id = b.event_id
            JOIN participants p ON p.application_id = b.application_id
            WHERE p.programme <> e.programme OR p.candidate_id <> b.candidate_id""",
        "a place to come of one who has withdrawn": """
            SELECT b.id FROM bookings b JOIN events e ON e.id = b.event_id AND e.starts_at > :now
            JOIN participants p ON p.application_id = b.application_id WHERE b.status = 1 AND p.state = 3""",
        "a register line without a place": """
            SELECT a.id FROM attendance a LEFT JOIN bookings b ON b.event_id = a.event_id
            AND b.candidate_id = a.candidate_id AND b.status = 1 WHERE b.id IS NULL""",
        "an event that is over and not held": "SELECT id FROM events WHERE ends_at <= :now AND status = 1",
    },
    "enrolment": {
        "an application without its history": """
            SELECT a.id FROM applications a WHERE a.version <> (
                SELECT COUNT(*) FROM store_history h WHERE h.entity = 'application' AND h.entity_id = a.id)""",
        "an import's count of rows": """
            SELECT i.id FROM application_imports i WHERE rows_read <> created + matched + unchanged + warned + rejected
            OR rows_read <> (SELECT COUNT(*) FROM application_import_rows r WHERE r.import_id = i.id)""",
    },
    "diagnostics": {
        "a count of answers": """
            SELECT d.id FROM diagnostics d WHERE answered <> (
                SELECT COUNT(*) FROM answers a WHERE a.diagnostic_id = d.id)""",
    },
}
EVERYWHERE = {
    "a feed with gaps": """
        SELECT feed_id FROM store_feed WHERE last_position <> (SELECT COUNT(*) FROM store_events)""",
    "something from the future": "SELECT id FROM store_events WHERE at > :now",
}


def check(path, service, now):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for what, query in {**EVERYWHERE, **CHECKS.get(service, {})}.items():
        found = db.execute(query, {"now": now} if ":now" in query else {}).fetchone()
        if found:
            raise Unusable(f"{path} is not valid: {what}, {found[0]}")
    if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
        raise Unusable(f"{path} is damaged")
    db.close()


def has_tables(path, table):
    if not os.path.exists(path):
        return False
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    found = db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    db.close()
    return bool(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True, help="folder of the suite's stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", help="the time that it is, as 2026-11-24T09:00; default: now, UTC")
    parser.add_argument("--size", type=float, default=1.0, help="share of everything, 0.001 to 2")
    given = parser.parse_args()
    if not 0.001 <= given.size <= 2:
        parser.error("--size is 0.001 to 2")
    at = datetime.datetime.fromisoformat(given.at) if given.at else datetime.datetime.now(
        datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(seconds=1)
    now = int(at.replace(tzinfo=datetime.timezone.utc).timestamp()) * 1_000_000
    print(f"seed {given.seed}, at {at:%Y-%m-%dT%H:%M:%S}, size {given.size}")
    chance = Chance(random.Random(given.seed))

    def size(count):
        return max(1, round(count * given.size))

    def path(service):
        return os.path.join(given.data, f"{service}.sqlite")

    def done(service, counts, began):
        check(path(service), service, now)
        shown = ", ".join(f"{table} {count:,}" for table, count in counts.items()
                          if count and table not in ("store_migrations", "store_feed"))
        print(f"{service} in {time.monotonic() - began:.0f} s: {shown}", flush=True)

    began = time.monotonic()
    partnership = Partnership(path("partnership"), chance, now, size(300), size(15_000))
    done("partnership", partnership.fill(), began)
    began = time.monotonic()
    enrolment = Enrolment(path("enrolment"), chance, now, size(100_000), partnership.schools, partnership.trusts,
                          partnership.ids)
    done("enrolment", enrolment.fill(), began)
    began = time.monotonic()
    events = TrainingEvents(path("training-events"), chance, now, enrolment, partnership.ids, size(2000), size(500_000))
    done("training-events", events.fill(), began)
    if has_tables(path("diagnostics"), "diagnostics"):
        began = time.monotonic()
        done("diagnostics", Diagnostics(path("diagnostics"), chance, now, enrolment).fill(), began)


if __name__ == "__main__":
    try:
        main()
    except (Unusable, sqlite3.Error) as problem:
        sys.exit(f"fill.py: {problem}")
