"""Cohorts, candidates and applications, with all that became of them."""
import datetime

from catalogue import (DECLARATIONS, DEFERRALS, FAMILY, GIVEN, GROUPS, PROGRAMMES, WITHDRAWALS)
from stores import DAY, HOUR, MINUTE, Store
from wire import block, number, optional_number, packed, text, time

YEARS = 4
# Files of applications that were imported, and the rows of the largest.
IMPORTS, LARGEST_FILE = 300, 20_000
FULL, CAPPED, ZERO = 1, 2, 3
PENDING, ACCEPTED, REJECTED = 1, 2, 3
ACTIVE, DEFERRED, WITHDRAWN = 1, 2, 3


class Cohort:
    def __init__(self, id, cap, applications, starts, years):
        self.id, self.year, self.cap = id, int(id[:4]), cap
        self.applications_from, self.applications_to = applications
        self.starts, self.ends = starts, starts.replace(year=starts.year + years)


def instant(day):
    return int(datetime.datetime.combine(day, datetime.time(9), datetime.timezone.utc).timestamp()) * 1_000_000


def cohorts(now):
    """Two a year, of those that take applications already."""
    year = datetime.datetime.fromtimestamp(now / 1e6, datetime.timezone.utc).year
    made = []
    for y in range(year - YEARS + 1, year + 1):
        date = datetime.date
        made.append(Cohort(f"{y}a", [FULL, CAPPED, FULL, ZERO][y % 4], (date(y - 1, 11, 1), date(y, 3, 31)),
                           date(y, 4, 15), 2))
        made.append(Cohort(f"{y}b", [CAPPED, FULL][y % 2], (date(y, 5, 1), date(y, 9, 30)), date(y, 10, 15), 2))
    return [cohort for cohort in made if instant(cohort.applications_from) < now]


def candidate_payload(c):
    return block_of(text(1, c["id"]), text(2, c["full_name"]), optional_number(3, c["school_urn"]),
                    optional_number(4, c["group_uid"]))


def block_of(*parts):
    return b"".join(parts)


def application_payload(a, name):
    application = block_of(
        text(1, a["id"]), text(2, a["candidate_id"]), text(3, a["programme"]), number(4, a["programme_version"]),
        text(5, a["cohort_id"]), number(6, a["approval_status"]), number(7, a["training_status"]),
        text(8, a["schedule"] or ""), number(9, a["is_eligible"]), optional_number(10, a["funded_place"]),
        block(11, a["partner_id"].encode()) if a["partner_id"] else b"", optional_number(12, a["school_urn"]),
        optional_number(13, a["group_uid"]), text(14, a["status_reason"]),
        packed(15, [int(d) for d in a["declared"].split(",") if d]), time(16, a["submitted_at"]),
        time(17, a["accepted_at"]), time(18, a["updated_at"]), number(19, a["version"]))
    return block(1, application) + text(2, name)


class Enrolment:
    """Fills a store; afterwards `participants` are the applications that were accepted, for other stores."""

    def __init__(self, path, chance, now, people, schools, trusts, partners):
        self.store = Store(path, ["001_cohorts", "002_candidates", "003_applications", "004_application_imports"],
                           ["cohorts", "candidates", "applications"])
        self.chance, self.now, self.people = chance, now, people
        self.schools, self.trusts, self.partners = schools, trusts, partners
        self.cohorts = cohorts(now)
        self.participants = []
        # Every application with its last version and its candidate.
        self.versions = []

    def fill(self):
        self.write_cohorts()
        trns = self.chance.random.sample(range(1_000_000, 10_000_000), self.people)
        for number in range(self.people):
            self.write_candidate(number, trns[number])
        for number in range(max(1, IMPORTS * self.people // 100_000)):
            self.write_import(number)
        counts = self.store.finish()
        self.position = self.store.feed_position()
        return counts

    def write_cohorts(self):
        for cohort in self.cohorts:
            self.store.insert("cohorts", {
                "id": cohort.id, "name": f"Cohort {cohort.id}", "funding_cap": cohort.cap,
                "applications_from": cohort.applications_from.isoformat(),
                "applications_to": cohort.applications_to.isoformat(), "version": 1})
            for group, name in GROUPS.items():
                self.store.insert("cohort_schedules", {
                    "cohort_id": cohort.id, "identifier": self.schedule(group, cohort), "course_group": group,
                    "acceptance_from": cohort.applications_from.isoformat(),
                    "acceptance_to": (cohort.applications_to + datetime.timedelta(days=60)).isoformat(),
                    "starts_on": cohort.starts.isoformat(), "ends_on": cohort.ends.isoformat()})
            self.store.change(self.chance, "cohort", cohort.id, 1, instant(cohort.applications_from) - 30 * DAY,
                              "opened", detail={"name": ["", f"Cohort {cohort.id}"]})

    @staticmethod
    def schedule(group, cohort):
        return f"npq-{GROUPS[group]}-{'spring' if cohort.id.endswith('a') else 'autumn'}"

    def write_candidate(self, number, trn):
        chance = self.chance
        given, family = chance.skewed(GIVEN), chance.skewed(FAMILY)
        name = f"{given} {family}"
        if chance.happens(0.2):
            name = f"{given} {chance.skewed(GIVEN)} {family}"
        elif chance.happens(0.05):
            name = f"{given} {family}-{chance.skewed(FAMILY)}"
        share = chance.random.random()
        wishes = 0 if share < 0.08 else 1 if share < 0.84 else 2 if share < 0.98 else 3
        asked = self.wishes(wishes)
        first = min((at for _, _, at in asked), default=chance.between(instant(self.cohorts[0].applications_from),
                                                                        self.now - 2 * HOUR))
        created = first - chance.between(5 * MINUTE, 10 * DAY)
        has_trust = bool(self.trusts) and chance.happens(0.05)
        edited = chance.between(created, self.now - HOUR) if chance.happens(0.2) else None
        candidate = {
            "id": chance.id(created), "full_name": name, "name_key": name.lower().replace("-", " "),
            "email": f"{given}.{family}.{number}@school.example".lower() if chance.happens(0.95) else None,
            "trn": trn if chance.happens(0.85) else None,
            "school_urn": None if has_trust or chance.happens(0.03) else chance.pick(self.schools),
            "group_uid": chance.pick(self.trusts) if has_trust else None, "created_at": created,
            "updated_at": edited or created, "version": 2 if edited else 1}
        self.store.insert("candidates", candidate)
        for word in sorted(set(candidate["name_key"].split())):
            self.store.insert("candidate_words", {"word": word, "candidate_id": candidate["id"]})
        for version, at, change in [(1, created, "registered"), (2, edited, "edited")]:
            if at:
                self.store.change(
                    chance, "candidate", candidate["id"], version, at, change,
                    detail={"fullName" if version == 1 else "email": ["…", "…"]},
                    told=(f"candidate.{change}", "olp.enrolment.v1.CandidateChanged", candidate_payload(candidate)))
        for programme, cohort, at in asked:
            self.write_application(candidate, programme, cohort, at)

    def write_import(self, number):
        """An import that has ended, with a result for each row; what it made is not told apart from the rest."""
        chance, at = self.chance, self.now - self.chance.between(DAY, 1000 * DAY)
        state = chance.random.choices([4, 5, 6], [8, 1, 1])[0]
        rows = 0 if state != 4 else LARGEST_FILE * self.people // 100_000 if number == 0 else chance.between(20, 100)
        key, counts = chance.id(at), [0] * 6
        for line in range(rows):
            outcome = chance.random.choices([1, 2, 3, 4, 5], [70, 10, 5, 10, 5])[0]
            counts[outcome] += 1
            application, _, candidate = chance.pick(self.versions)
            self.store.insert("application_import_rows", {
                "import_id": key, "line": line + 2, "outcome": outcome, "reference": f"APP-{number:04}-{line:06}",
                "candidate_id": "" if outcome == 5 else candidate, "application_id": "" if outcome == 5 else application,
                "issues": {4: "email-malformed ", 5: "programme-not-offered "}.get(outcome, "")})
        self.store.insert("application_imports", {
            "id": key, "state": state, "is_dry_run": 0, "cohort_id": None, "file_name": f"applications-{number}.csv",
            "upload_id": None, "bytes_total": rows * 300, "bytes_read": rows * 300, "rows_read": rows,
            "created": counts[1], "matched": counts[2], "unchanged": counts[3], "warned": counts[4],
            "rejected": counts[5], "failure": "The header lacks cohort." if state == 5 else "", "cancel_requested": 0,
            "created_at": at, "ended_at": at + HOUR, "version": 3, "runner": "", "runner_until": 0,
            "running_slot": None, "actor_id": "olp-token", "actor_kind": "token", "request_id": ""})
        word = {4: "succeeded", 5: "failed", 6: "cancelled"}[state]
        for version, change in enumerate(["opened", "started", word], start=1):
            self.store.change(chance, "application-import", key, version, at + (version - 1) * HOUR // 2, change)

    def wishes(self, count):
        """Programmes, each another one, with a cohort that had it and the time of submission."""
        chance, asked, taken = self.chance, [], set()
        for _ in range(count):
            cohort = self.cohorts[int(len(self.cohorts) * chance.random.random() ** 0.8)]
            offered = [p for p in PROGRAMMES if p[2] <= cohort.year and p[0] not in taken]
            programme = chance.random.choices(offered, [p[6] for p in offered])[0]
            taken.add(programme[0])
            last = min(instant(cohort.applications_to), self.now - HOUR)
            asked.append((programme, cohort, chance.between(instant(cohort.applications_from), last)))
        return asked

    def write_application(self, candidate, programme, cohort, submitted):
        chance, steps = self.chance, []
        a = {
            "id": chance.id(submitted), "candidate_id": candidate["id"], "programme": programme[0],
            "programme_version": programme[1], "cohort_id": cohort.id, "approval_status": PENDING,
            "training_status": 0, "schedule": None, "is_eligible": int(chance.happens(0.8)), "funded_place": None,
            "partner_id": chance.pick(self.partners) if self.partners and chance.happens(0.8) else None,
            "school_urn": candidate["school_urn"], "group_uid": candidate["group_uid"], "status_reason": "",
            "declared": "", "deferred_on": None, "submitted_at": submitted, "accepted_at": None,
            "updated_at": submitted, "version": 0}

        def step(at, change, **fields):
            a.update(fields, updated_at=at, version=a["version"] + 1)
            steps.append((at, change))
            self.store.change(
                chance, "application", a["id"], a["version"], at, change,
                detail={name: ["", str(value)] for name, value in fields.items()},
                told=(f"application.{change}", "olp.enrolment.v1.ApplicationChanged",
                      application_payload(a, candidate["full_name"])))

        step(submitted, "submitted")
        decided = submitted + chance.between(HOUR, 40 * DAY)
        withdrawn_at = None
        if decided < self.now and not chance.happens(0.03):
            if chance.happens(0.12):
                step(decided, "rejected", approval_status=REJECTED, status_reason="rejected-by-provider")
            else:
                place = {FULL: None, ZERO: 0, CAPPED: int(a["is_eligible"] and chance.happens(0.7))}[cohort.cap]
                step(decided, "accepted", approval_status=ACCEPTED, training_status=ACTIVE, accepted_at=decided,
                     schedule=self.schedule(programme[3], cohort), funded_place=place)
                withdrawn_at = self.train(a, programme, cohort, decided, step)
        self.store.insert("applications", a)
        self.versions.append((a["id"], a["version"], a["candidate_id"]))
        if a["approval_status"] == ACCEPTED:
            self.participants.append({
                "application_id": a["id"], "candidate_id": a["candidate_id"], "programme": a["programme"],
                "cohort_id": a["cohort_id"], "school_urn": a["school_urn"], "state": a["training_status"],
                "version": a["version"], "accepted_at": a["accepted_at"], "withdrawn_at": withdrawn_at})

    def train(self, a, programme, cohort, accepted, step):
        """Declarations in the order of training, then perhaps a deferral or a withdrawal. When it was withdrawn."""
        chance = self.chance
        at = max(accepted, instant(cohort.starts)) + chance.between(DAY, 30 * DAY)
        leaves = chance.random.random()
        most = len(DECLARATIONS[programme[4]]) if leaves > 0.13 else 1
        for declaration in DECLARATIONS[programme[4]][:most]:
            if at >= self.now:
                return None
            declared = f"{a['declared']},{declaration}".strip(",")
            step(at, "declared", declared=declared)
            at += chance.between(90 * DAY, 200 * DAY)
        if leaves > 0.13 or at >= self.now:
            return None
        if leaves > 0.09:
            day = datetime.datetime.fromtimestamp(at / 1e6, datetime.timezone.utc).date().isoformat()
            step(at, "deferred", training_status=DEFERRED, status_reason=chance.pick(DEFERRALS), deferred_on=day)
            return None
        step(at, "withdrawn", training_status=WITHDRAWN, status_reason=chance.pick(WITHDRAWALS))
        return at
