"""A service's store, filled in one transaction: rows, histories and the feed."""
import fcntl
import hashlib
import json
import sqlite3

DAY = 86_400_000_000
HOUR = 3_600_000_000
MINUTE = 60_000_000
# Rows that are handed to SQLite at once.
BATCH = 20_000


class Unusable(Exception):
    """Why a store cannot be filled, with what to do."""


class Chance:
    """Random numbers and ids; the same seed gives the same."""

    def __init__(self, random):
        self.random = random

    def id(self, at):
        """A UUIDv7 made at a time in microseconds."""
        tail = self.random.getrandbits(74)
        text = f"{at // 1000:012x}7{tail >> 62:03x}{0x8000000000000000 | (tail & (1 << 62) - 1):016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def pick(self, values):
        return values[int(self.random.random() * len(values))]

    def skewed(self, values):
        """The first values far more often than the last, as names of people are."""
        return values[int(len(values) * self.random.random() ** 2.5)]

    def between(self, low, high):
        """An integer from low to high, or low if there is nothing between."""
        return low if high <= low else low + int(self.random.random() * (high - low + 1))

    def happens(self, share):
        return self.random.random() < share


class Store:
    """Holds the store's lock, so that no service opens it meanwhile, and refuses one that holds something already."""

    def __init__(self, path, expected, empty):
        self.path = path
        self.lock = open(path + ".lock", "a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unusable(f"{path} is in use: stop the suite first (olp down)")
        self.db = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None)
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute("PRAGMA cache_size = -400000")
        self.db.execute("PRAGMA temp_store = MEMORY")
        self.db.execute("PRAGMA foreign_keys = OFF")
        names = {name for (name,) in self.db.execute("SELECT name FROM store_migrations")}
        missing = [name for name in expected if name not in names]
        if missing:
            raise Unusable(f"{path} lacks {', '.join(missing)}: start the suite of this release on it once")
        for table in empty:
            if self.count(table):
                raise Unusable(f"{path} holds {table} already: fill empty stores only")
        self.rows = {}
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute(
            "CREATE TEMP TABLE told (at, id, type, subject, subject_version, actor_id, actor_kind, payload_type, payload)")
        self.db.execute(
            "CREATE TEMP TABLE noted (entity, entity_id, version, at, actor_id, actor_kind, change, reason, detail_json)")

    def count(self, table):
        return self.db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]

    def insert(self, table, row):
        """Rows have a value for each column, in the order of the first one's keys."""
        columns, waiting = self.rows.setdefault(table, (tuple(row), []))
        waiting.append(tuple(row[column] for column in columns))
        if len(waiting) >= BATCH:
            self.flush(table)

    def flush(self, table):
        columns, waiting = self.rows[table]
        self.db.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", waiting)
        waiting.clear()

    def change(self, chance, entity, key, version, at, change, reason="", detail=None, actor=("olp-token", "token"),
               told=None, subject=None):
        """One version of a record: its history, and its event if `told` is a type, payload type and payload."""
        self.insert("noted", {
            "entity": entity, "entity_id": key, "version": version, "at": at, "actor_id": actor[0],
            "actor_kind": actor[1], "change": change, "reason": reason,
            "detail_json": json.dumps(detail or {}, separators=(",", ":"), ensure_ascii=False)})
        if told:
            self.tell(chance, told, subject or key, version, at, actor)

    def tell(self, chance, told, subject, version, at, actor):
        type, payload_type, payload = told
        self.insert("told", {
            "at": at, "id": chance.id(at), "type": type, "subject": subject, "subject_version": version,
            "actor_id": actor[0], "actor_kind": actor[1], "payload_type": payload_type, "payload": payload})

    def follow(self, source, position):
        self.db.execute("INSERT OR REPLACE INTO store_followers (source, position) VALUES (?, ?)", (source, position))

    def feed_position(self):
        """Where the feed ends, as followers keep it."""
        feed, last = self.db.execute("SELECT feed_id, last_position FROM store_feed").fetchone()
        if last == 0:
            return f"{feed}-0-0"
        (event,) = self.db.execute("SELECT id FROM store_events WHERE position = ?", (last,)).fetchone()
        return f"{feed}-{last}-{hashlib.sha256(event.encode()).hexdigest()[:8]}"

    def finish(self):
        """Writes what waits, checks what the tables promise, and lets the store go. Returns counts by table."""
        for table in list(self.rows):
            self.flush(table)
        (last,) = self.db.execute("SELECT last_position FROM store_feed").fetchone()
        self.db.execute(f"""
            INSERT INTO store_events (position, id, type, subject, subject_version, at, actor_id, actor_kind,
                                      payload_type, payload)
            SELECT {last} + ROW_NUMBER() OVER (ORDER BY at, subject, subject_version, id), id, type, subject,
                   subject_version, at, actor_id, actor_kind, payload_type, payload
            FROM told ORDER BY at, subject, subject_version, id""")
        self.db.execute("UPDATE store_feed SET last_position = (SELECT COALESCE(MAX(position), 0) FROM store_events)")
        self.db.execute("""
            INSERT INTO store_history (entity, entity_id, version, at, actor_id, actor_kind, change, reason,
                                       detail_json, request_id)
            SELECT entity, entity_id, version, at, actor_id, actor_kind, change, reason, detail_json, ''
            FROM noted ORDER BY entity, entity_id, version""")
        broken = self.db.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise Unusable(f"{self.path}: a row of {broken[0]} refers to nothing in {broken[2]}")
        self.db.execute("COMMIT")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        tables = [name for (name,) in self.db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
        return {table: self.count(table) for table in tables}
