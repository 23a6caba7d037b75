"""Questionnaires of participants in every state, with their answers."""
from enrolment import DEFERRED, WITHDRAWN
from stores import DAY, HOUR, MINUTE, Store
from wire import block, number, optional_number, text, time

ASSIGNED, STARTED, SUBMITTED, CLOSED = 1, 2, 3, 4
INSTRUMENT, VERSION = "npq-self-assessment", 1
BEHAVIOURS = ["commitment", "collaboration", "personal-drive", "resilience", "awareness", "integrity", "respect"]
AREAS = ["strategy-and-improvement", "teaching-and-curriculum-excellence", "leading-with-impact",
         "working-in-partnership", "managing-resources-and-risks", "increasing-capability"]
ITEMS = [f"{name}-{n}" for n in range(1, 5) for name in BEHAVIOURS + AREAS if n < 4 or name in AREAS]


class Diagnostics:
    def __init__(self, path, chance, now, enrolment):
        self.store = Store(path, ["001_diagnostics"], ["diagnostics", "answers"])
        self.chance, self.now, self.enrolment = chance, now, enrolment

    def fill(self):
        for id, version, _ in self.enrolment.versions:
            self.store.insert("followed_applications", {"application_id": id, "version": version})
        for participant in self.enrolment.participants:
            self.write(participant)
        self.store.follow("enrolment", self.enrolment.position)
        return self.store.finish()

    def write(self, p):
        chance, at = self.chance, p["accepted_at"] + chance_second(self.chance)
        d = {
            "id": chance.id(at), "application_id": p["application_id"], "candidate_id": p["candidate_id"],
            "programme": p["programme"], "cohort_id": p["cohort_id"], "school_urn": p["school_urn"],
            "instrument": INSTRUMENT, "instrument_version": VERSION, "items": len(ITEMS), "status": ASSIGNED,
            "answered": 0, "assigned_at": at, "started_at": None, "submitted_at": None, "updated_at": at, "version": 0}

        def step(at, change, **fields):
            d.update(fields, updated_at=at, version=d["version"] + 1)
            self.store.change(chance, "diagnostic", d["id"], d["version"], at, change,
                              told=(f"diagnostic.{change}", "olp.diagnostics.v1.DiagnosticChanged", payload(d)))

        step(at, "assigned")
        end = p["withdrawn_at"] or self.now
        share = chance.random.random()
        started = at + chance.between(HOUR, 20 * DAY)
        if share < 0.5 and started + 2 * HOUR < end:
            step(started, "started", status=STARTED, started_at=started)
            answered = len(ITEMS) if share < 0.25 else chance.between(1, len(ITEMS) - 1)
            step(started + HOUR, "answered", answered=answered)
            for item in ITEMS[:answered]:
                self.store.insert("answers", {
                    "diagnostic_id": d["id"], "item_id": item,
                    "value": None if chance.happens(0.05) else chance.between(1, 5), "answered_at": started + HOUR})
            if answered == len(ITEMS):
                step(started + HOUR + MINUTE, "submitted", status=SUBMITTED, submitted_at=started + HOUR + MINUTE)
        if p["withdrawn_at"] and d["status"] != SUBMITTED:
            step(p["withdrawn_at"] + MINUTE, "closed", status=CLOSED)
        self.store.insert("diagnostics", d)


def chance_second(chance):
    return chance.between(1, 60) * 1_000_000


def payload(d):
    return block(1, b"".join([
        text(1, d["id"]), text(2, d["candidate_id"]), text(3, d["application_id"]), text(4, d["programme"]),
        text(5, d["cohort_id"]), optional_number(6, d["school_urn"]), text(7, d["instrument"]),
        number(8, d["instrument_version"]), number(9, d["status"]), number(10, d["items"]), number(11, d["answered"]),
        time(12, d["assigned_at"]), time(13, d["started_at"]), time(14, d["submitted_at"]), time(15, d["updated_at"]),
        number(16, d["version"])]))
