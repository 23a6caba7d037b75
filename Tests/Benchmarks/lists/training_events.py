"""Training events with places, waiting lists and registers; the counts in each event's row are those of its rows."""
from catalogue import LEADERSHIP_MODULES, PLACES, POSTCODES, PROGRAMMES, SPECIALIST_MODULES
from enrolment import ACTIVE, DEFERRED, WITHDRAWN, instant
from stores import DAY, HOUR, MINUTE, Store
from wire import block, number, optional_number, text, time

BOOKED, CANCELLED, MOVED, RELEASED = 1, 2, 3, 4
WAITING, OFFERED, ACCEPTED, DECLINED, EXPIRED, LEFT, CLOSED = 1, 2, 3, 4, 5, 6, 7
SCHEDULED, STOPPED, HELD = 1, 2, 3
WAITING_WORDS = {ACCEPTED: "accepted", DECLINED: "declined", EXPIRED: "expired", LEFT: "withdrawn", CLOSED: "closed"}
BOOKING_WORDS = {CANCELLED: "cancelled", MOVED: "moved", RELEASED: "released"}
# Offers are open for 48 hours, and not within 72 hours of the start.
OFFER, NOTICE = 48 * HOUR, 72 * HOUR
SERVICE = ("training-events", "service")


class TrainingEvents:
    def __init__(self, path, chance, now, enrolment, partners, events, bookings):
        self.store = Store(path, ["001_events", "002_places", "003_register"], ["events", "participants", "bookings"])
        self.chance, self.now, self.enrolment, self.partners = chance, now, enrolment, partners
        self.events, self.bookings = events, bookings

    def fill(self):
        pools = {}
        for p in self.enrolment.participants:
            self.store.insert("participants", {name: p[name] for name in (
                "application_id", "candidate_id", "programme", "cohort_id", "school_urn", "state", "version")})
            pools.setdefault((p["cohort_id"], p["programme"]), []).append(p)
        self.store.follow("enrolment", self.enrolment.position)
        everybody = len(self.enrolment.participants)
        left, people, places = self.events, everybody, self.bookings
        for cohort in self.enrolment.cohorts:
            for programme in PROGRAMMES:
                pool = pools.get((cohort.id, programme[0]), [])
                if not pool:
                    continue
                count = round(left * len(pool) / people)
                people -= len(pool)
                for index in range(count):
                    wanted = places // max(1, left)
                    places -= self.write_event(cohort, programme, pool, index, count, wanted)
                    left -= 1
        return self.store.finish()

    def write_event(self, cohort, programme, pool, index, count, wanted):
        """Returns how many bookings it has."""
        chance = self.chance
        modules = LEADERSHIP_MODULES if programme[3] == 2 else SPECIALIST_MODULES
        module = modules[index * len(modules) // count]
        starts = instant(cohort.starts) + (index * len(modules) // count * 55 + chance.between(3, 50)) * DAY
        days = chance.between(1, 3) if "Conference" in module else 1
        ends = starts + (days - 1) * DAY + 6 * HOUR
        stopped = chance.happens(0.03)
        made = min(starts - chance.between(70, 120) * DAY, self.now - 2 * DAY)
        title = f"{programme[0][4:].replace('-', ' ').capitalize()}: {module} in {PLACES[index % len(PLACES)]}"
        online = chance.happens(0.2)
        e = {
            "id": chance.id(made), "programme": programme[0], "module": f"m{modules.index(module) + 1}",
            "cohort_id": cohort.id,
            "partner_id": chance.pick(self.partners) if self.partners and chance.happens(0.7) else None,
            "title": title, "venue_name": "" if online else f"{PLACES[index % len(PLACES)]} Training Centre",
            "venue_postcode": None if online else chance.pick(POSTCODES), "venue_school_urn": None,
            "venue_online": int(online), "starts_at": starts, "ends_at": ends, "capacity": 0, "minimum": 5,
            "reserved": chance.between(0, 10) if chance.happens(0.2) else 0, "blocked": 0, "status": SCHEDULED,
            "booked": 0, "offered": 0, "waiting": 0, "releases": 0, "version": 1, "revision": 0,
            "title_key": " ".join(title.split()).lower(), "search_text": " " + " ".join(words(title))}
        if stopped:
            e["status"] = STOPPED
            stopped_at = chance.between(made, min(starts, self.now) - HOUR)
        elif ends <= self.now:
            e["status"] = HELD
        elif starts <= self.now:
            # Under way: nobody comes or goes any more.
            pass
        e["parts"] = [(n + 1, f"Day {n + 1}", starts + n * DAY, starts + n * DAY + 6 * HOUR) for n in range(days)]
        closes = min(stopped_at if stopped else starts, self.now) - MINUTE
        able = [p for p in pool if max(p["accepted_at"], made) < closes - HOUR
                and not (p["withdrawn_at"] and p["withdrawn_at"] <= max(p["accepted_at"], made))]
        chosen = chance.random.sample(able, min(len(able), wanted))
        present = [self.write_booking(e, p, made, closes, stopped) for p in chosen]
        e["booked"] = sum(1 for b in present if b["status"] == BOOKED)
        rest = set(id(p) for p in chosen)
        self.write_waiting(e, [p for p in able if id(p) not in rest and p["state"] == ACTIVE], present, made, closes)
        taken = e["booked"] + e["offered"] + e["reserved"] + e["blocked"]
        # Nobody waits while a place is free.
        spare = 0 if e["waiting"] else chance.between(0, 60)
        e["capacity"] = max(1, taken + spare)
        e["minimum"] = min(e["minimum"], e["capacity"])
        for booking in present:
            self.store.insert("bookings", booking)
            self.tell_booking(booking, pool)
        self.write_register(e, present)
        self.finish_event(e, made, stopped_at if stopped else ends)
        return len(present)

    def finish_event(self, e, made, ended):
        parts = e.pop("parts")
        for version, at, change in [(1, made, "scheduled"), (2, ended, {STOPPED: "cancelled", HELD: "held"}.get(e["status"]))]:
            if change:
                e["version"] = version
                actor = SERVICE if change == "held" else ("olp-token", "token")
                self.store.change(self.chance, "event", e["id"], version, at, change, actor=actor,
                                  reason="Too few wanted to come." if change == "cancelled" else "",
                                  detail={"title": ["", e["title"]]} if version == 1 else None,
                                  told=(f"event.{change}", "olp.training_events.v1.EventChanged", event_payload(e, parts)))
        self.store.insert("events", e)
        for n, title, starts, ends in parts:
            self.store.insert("event_parts", {
                "event_id": e["id"], "number": n, "title": title, "starts_at": starts, "ends_at": ends})

    # -- bookings

    def write_booking(self, e, p, made, closes, stopped):
        chance = self.chance
        begins = max(p["accepted_at"], made)
        leaves = p["withdrawn_at"]
        last = min(closes - MINUTE, leaves - MINUTE if leaves else closes)
        at = chance.between(begins, last)
        b = {
            "id": chance.id(at), "event_id": e["id"], "candidate_id": p["candidate_id"],
            "application_id": p["application_id"], "status": BOOKED, "status_reason": "", "offer_id": None,
            "booked_at": at, "ended_at": None, "version": 1}

        def end(status, reason, when):
            b.update(status=status, status_reason=reason, ended_at=when, version=2)

        if leaves and leaves < e["starts_at"]:
            end(RELEASED, "participant-withdrawn", max(leaves, at))
        elif stopped:
            end(RELEASED, "event-cancelled", closes + MINUTE)
        elif chance.happens(0.1):
            end(CANCELLED if chance.happens(0.8) else MOVED, "Cannot come on these days.", chance.between(at, closes))
        return b

    def tell_booking(self, b, pool):
        payload = booking_payload(dict(b, status=BOOKED, status_reason="", ended_at=None, version=1))
        self.store.change(self.chance, "booking", b["id"], 1, b["booked_at"], "made",
                          told=("booking.made", "olp.training_events.v1.BookingChanged", payload))
        if b["ended_at"]:
            word = BOOKING_WORDS[b["status"]]
            self.store.change(self.chance, "booking", b["id"], 2, b["ended_at"], word, reason=b["status_reason"],
                              told=(f"booking.{word}", "olp.training_events.v1.BookingChanged", booking_payload(b)))

    # -- waiting list

    def write_waiting(self, e, others, present, made, closes):
        chance = self.chance
        if not chance.happens(0.35):
            return
        # Some places came from the list.
        for b in chance.random.sample(present, min(len(present), chance.between(0, 12))):
            if b["status"] == BOOKED and b["booked_at"] - made > 2 * DAY:
                offered = b["booked_at"] - chance.between(HOUR, min(OFFER, DAY))
                entry = self.entry(e, b, ACCEPTED, offered - chance.between(HOUR, DAY), offered, b["booked_at"])
                b["offer_id"] = entry["id"]
        open_list = e["status"] == SCHEDULED and e["starts_at"] > self.now
        can_offer = open_list and e["starts_at"] - NOTICE > self.now + 2 * HOUR
        people = chance.random.sample(others, min(len(others), chance.between(5, 40)))
        offers = chance.between(0, 5) if can_offer else 0
        for p in people:
            joined = chance.between(max(p["accepted_at"], made), closes - HOUR)
            share = chance.random.random()
            if share < 0.15:
                self.entry(e, p, LEFT, joined, None, chance.between(joined, closes))
            elif share < 0.3 and closes - joined > 3 * DAY:
                offered = chance.between(joined, closes - 2 * DAY - HOUR)
                status = DECLINED if chance.happens(0.5) else EXPIRED
                self.entry(e, p, status, joined, offered, offered + (OFFER if status == EXPIRED else HOUR))
            elif not open_list:
                self.entry(e, p, CLOSED, joined, None, closes + MINUTE)
            elif offers > 0 and joined < self.now - 40 * HOUR:
                offers -= 1
                e["offered"] += 1
                self.entry(e, p, OFFERED, joined, self.now - chance.between(HOUR, 30 * HOUR), None)
            else:
                e["waiting"] += 1
                self.entry(e, p, WAITING, joined, None, None)

    def entry(self, e, p, status, joined, offered, ended):
        chance = self.chance
        w = {
            "id": chance.id(joined), "event_id": e["id"], "candidate_id": p["candidate_id"],
            "application_id": p["application_id"], "priority": chance.random.choices([1, 2, 3, 4], [1, 2, 3, 30])[0],
            "status": WAITING, "joined_at": joined, "offer_expires_at": None, "books_without_asking": 0,
            "passed_at_release": -1, "version": 0}
        moments = [(joined, WAITING, "joined")]
        if offered:
            moments.append((offered, OFFERED, "offered"))
        if ended:
            moments.append((ended, status, WAITING_WORDS[status]))
        for at, now_is, change in moments:
            w.update(status=now_is, version=w["version"] + 1)
            if now_is == OFFERED:
                w["offer_expires_at"] = min(offered + OFFER, e["starts_at"] - NOTICE)
                self.decide(e, w, at, "offered", "Next by the usual order, then who came first.")
            if now_is in (EXPIRED, DECLINED):
                self.decide(e, w, at, change, "Nobody answered in time." if now_is == EXPIRED else "Declined.")
                e["releases"] += 1
            self.store.change(chance, "waiting", w["id"], w["version"], at, change,
                              told=(f"waiting.{change}", "olp.training_events.v1.WaitingChanged", waiting_payload(w)))
        if w["status"] == WAITING and chance.happens(0.3):
            self.decide(e, w, joined + MINUTE, "skipped", "The participant has deferred.")
        self.store.insert("waiting_entries", w)
        return w

    def decide(self, e, w, at, outcome, reason):
        self.store.insert("promotion_decisions", {
            "id": self.chance.id(at), "event_id": e["id"], "at": at, "entry_id": w["id"], "outcome": outcome,
            "reason": reason})

    # -- register

    def write_register(self, e, present):
        if e["status"] == STOPPED:
            return
        chance, lines = self.chance, 0
        people = [b for b in present if b["status"] == BOOKED]
        for part, _, starts, ends in e["parts"]:
            if starts >= self.now - HOUR:
                continue
            marks = [(b, chance.random.choices([1, 2, 3, 4, 5], [80, 5, 3, 6, 6])[0], starts + 20 * MINUTE, "")
                     for b in people if chance.happens(0.95)]
            marks += [(b, 6, min(ends + 5 * DAY, self.now - MINUTE), "Caught up at another event.")
                      for b, kind, _, _ in marks if kind == 5 and chance.happens(0.3)]
            for b, kind, at, reason in marks:
                lines += 1
                self.store.insert("attendance", {
                    "id": chance.id(at), "event_id": e["id"], "number": lines, "part_number": part,
                    "candidate_id": b["candidate_id"], "kind": kind,
                    "minutes_missed": chance.between(5, 90) if kind in (2, 3) else 0, "note": "", "recorded_at": at,
                    "recorded_by": "olp-token", "reason": reason})


def words(title):
    return "".join(c if c.isalnum() else " " for c in title.lower()).split()


def booking_payload(b):
    booking = b"".join([
        text(1, b["id"]), text(2, b["event_id"]), text(3, b["candidate_id"]), text(4, b["application_id"]),
        number(5, b["status"]), text(6, b["status_reason"]),
        block(7, b["offer_id"].encode()) if b["offer_id"] else b"", time(8, b["booked_at"]), time(9, b["ended_at"]),
        number(10, b["version"])])
    return block(1, booking)


def waiting_payload(w):
    return block(1, b"".join([
        text(1, w["id"]), text(2, w["event_id"]), text(3, w["candidate_id"]), text(4, w["application_id"]),
        number(5, w["priority"]), number(6, w["status"]), time(7, w["joined_at"]), time(8, w["offer_expires_at"]),
        number(9, w["books_without_asking"]), number(10, w["version"])]))


def event_payload(e, parts):
    free = e["capacity"] - e["booked"] - e["offered"] - e["reserved"] - e["blocked"]
    venue = b"".join([text(1, e["venue_name"]), text(2, e["venue_postcode"] or ""), number(4, e["venue_online"])])
    places = b"".join(number(index + 1, value) for index, value in enumerate(
        [e["capacity"], e["booked"], e["offered"], e["reserved"], e["blocked"], free, e["waiting"]]))
    return block(1, b"".join([
        text(1, e["id"]), text(2, e["title"]), text(3, e["programme"]), text(4, e["module"]), text(5, e["cohort_id"]),
        block(6, e["partner_id"].encode()) if e["partner_id"] else b"", number(7, e["status"]), block(8, venue),
        *[block(9, number(1, n) + text(2, title) + time(3, starts) + time(4, ends)) for n, title, starts, ends in parts],
        number(10, e["capacity"]), number(11, e["minimum"]), number(12, e["reserved"]), number(13, e["blocked"]),
        block(14, places), number(15, e["version"])]))
