"""Partners and their members, if the register of schools is there."""
import datetime

from catalogue import PLACES
from stores import DAY, Store
from wire import block, number, optional_number, text, time

SCHOOLS_WITHOUT_REGISTER = 20_000


def date(field, day):
    return b"" if day is None else block(field, number(1, day.year) + number(2, day.month) + number(3, day.day))


def day_of(at):
    return datetime.datetime.fromtimestamp(at / 1e6, datetime.timezone.utc).date()


class Partnership:
    def __init__(self, path, chance, now, partners, members):
        self.store = Store(path, ["001_register", "003_partners"], ["partners", "partner_members"])
        self.chance, self.now, self.partners, self.members = chance, now, partners, members
        rows = self.store.db.execute("SELECT urn, name FROM schools WHERE status = 1 ORDER BY urn").fetchall()
        self.names = dict(rows)
        self.schools = [urn for urn, _ in rows] or list(range(100_000, 100_000 + SCHOOLS_WITHOUT_REGISTER))
        self.trusts = [uid for (uid,) in self.store.db.execute(
            "SELECT uid FROM school_groups WHERE is_open = 1 AND type_code IN ('06', '10') ORDER BY uid")]
        self.ids = []

    def fill(self):
        for index in range(self.partners):
            self.write_partner(index)
        return self.store.finish()

    def write_partner(self, index):
        chance, created = self.chance, self.now - self.chance.between(30 * DAY, 1400 * DAY)
        ended = chance.happens(0.1)
        place = PLACES[index % len(PLACES)]
        name = f"{place} {['Teaching School Alliance', 'Learning Trust', 'Teaching School Hub'][index % 3]} {index}"
        urn = chance.pick(self.schools) if self.names else None
        begins = day_of(created)
        p = {
            "id": chance.id(created), "name": name, "name_key": name.lower(), "search_text": f" {name.lower()}",
            "kind": [1, 2, 3][index % 3], "status": 3 if ended else 1 if chance.happens(0.1) else 2, "group_uid": None,
            "lead_school_urn": urn, "contact_name": "Partner office",
            "contact_email": f"office{index}@partner.example", "agreement_from": begins.isoformat(),
            "agreement_to": None if chance.happens(0.5) else (begins + datetime.timedelta(days=1600)).isoformat(),
            "notes": "", "created_at": created, "updated_at": created, "version": 1}
        self.ids.append(p["id"])
        until = None if p["agreement_to"] is None else datetime.date.fromisoformat(p["agreement_to"])
        payload = block(1, b"".join([
            text(1, p["id"]), text(2, name), number(3, p["kind"]), number(4, p["status"]), optional_number(6, urn),
            text(7, p["contact_name"]), text(8, p["contact_email"]), date(9, begins), date(10, until),
            time(12, created), time(13, created), number(14, 1)]))
        self.store.change(chance, "partner", p["id"], 1, created, "registered", detail={"name": ["", name]},
                          told=("partner.registered", "olp.partnership.v1.PartnerChanged", payload))
        if self.names:
            # A few partners have most of the members.
            count = min(len(self.schools), int(self.members / self.partners * 3 * (1 - index / self.partners) ** 2) + 1)
            for urn in chance.random.sample(self.schools, count):
                self.write_member(p, urn, created)
        self.store.insert("partners", p)

    def write_member(self, p, urn, created):
        chance = self.chance
        at = chance.between(created, self.now - DAY)
        # Members come one after the other: each is a version of its partner.
        p["version"] += 1
        p["updated_at"] = at = max(at, p["updated_at"])
        since, key = day_of(at), chance.id(at)
        to = since + datetime.timedelta(days=chance.between(30, 700)) if chance.happens(0.2) else None
        self.store.insert("partner_members", {
            "id": key, "partner_id": p["id"], "urn": urn, "from_day": since.isoformat(),
            "to_day": None if to is None else to.isoformat(), "version": 1})
        payload = block(1, b"".join([
            text(1, key), text(2, p["id"]), number(3, urn), text(4, self.names[urn]), date(5, since), date(6, to),
            number(7, 1)]))
        self.store.change(chance, "partner", p["id"], p["version"], at, "member-added",
                          detail={"schoolUrn": ["", str(urn)]}, subject=key)
        self.store.tell(chance, ("partner.member-added", "olp.partnership.v1.PartnerMemberChanged", payload), key, 1, at,
                        ("olp-token", "token"))
