import Contracts

/// What a store holds of the writes of a journal.
struct StoreTraces {
    struct Reply {
        let method: String
        let key: String
        let bytes: [UInt8]
    }

    struct Entry {
        let entity: String
        let id: String
        let version: Int64
        let change: String
        let reason: String
    }

    struct Event {
        let type: String
        let subject: String
        let version: Int64
        let at: String
        let payloadType: String
        let payload: [UInt8]
    }

    let service: String
    let replies: [Reply]
    let history: [Entry]
    let events: [Event]
    /// What the engine itself finds wrong with the store.
    let damage: [String]

    init(service: String, store: any StoreRows) async throws {
        self.service = service
        let rows = try await store.rows(
            "SELECT method, idempotency_key, reply FROM store_replies",
            "SELECT entity, entity_id, version, change, reason FROM store_history",
            "SELECT type, subject, subject_version, at, payload_type, payload FROM store_events ORDER BY position")
        replies = rows[0].map { Reply(method: $0[0], key: $0[1], bytes: StoreBytes.read($0[2])) }
        history = rows[1].map {
            Entry(entity: $0[0], id: $0[1], version: Int64($0[2]) ?? -1, change: $0[3], reason: $0[4])
        }
        events = rows[2].map {
            Event(
                type: $0[0], subject: $0[1], version: Int64($0[2]) ?? -1, at: $0[3], payloadType: $0[4],
                payload: StoreBytes.read($0[5]))
        }
        damage = try await store.damage()
    }
}

/// Compares the traces of one store with what was acknowledged by it.
struct TraceCheck {
    let traces: StoreTraces
    let acknowledged: [Journal.Acknowledged]
    let refused: [Journal.Refused]
    /// What a client's keys begin with.
    let keyPrefix: String

    /// Everything that is wrong, in words.
    func problems() throws -> [String] {
        try traces.damage + keptReplies() + historyByKey() + completeHistories() + outbox() + contents()
    }

    /// Each key has its reply, the one that its client got; and no key has one whose client got none.
    private func keptReplies() throws -> [String] {
        var problems: [String] = []
        var kept: [String: StoreTraces.Reply] = [:]
        for reply in traces.replies where reply.key.hasPrefix(keyPrefix) {
            if kept.updateValue(reply, forKey: reply.key) != nil { problems.append("\(reply.key) was used for two methods") }
        }
        for write in acknowledged {
            guard let reply = kept.removeValue(forKey: write.key) else {
                problems.append("\(write.kind) \(write.key) was acknowledged, and its reply is not there")
                continue
            }
            let name = ContractCatalogue.method(reply.method)?.replyName ?? ""
            let held = try Answered(reply.bytes, ofType: name).canonical
            let told = try Answered(json: write.reply).canonical
            if held != told { problems.append("\(write.kind) \(write.key): told \(told), kept \(held)") }
        }
        return problems + kept.keys.sorted().map { "\($0) was applied, and nobody was told" }
    }

    /// Each key made its change once, to the record and the version that were told; refusals made none.
    private func historyByKey() throws -> [String] {
        var problems: [String] = []
        let byReason = Dictionary(grouping: traces.history, by: \.reason)
        for write in acknowledged where write.kind.hasReason {
            guard var trace = write.kind.trace else { continue }
            let record = try Answered(json: write.reply).record
            let waits = write.kind == .book && record.text("status").hasPrefix("WAITING")
            if waits { trace = ("waiting", "joined") }
            let entries = (byReason[write.key] ?? []).filter { ($0.entity, $0.change) == trace }
            guard entries.count == 1, let entry = entries.first else {
                problems.append("\(write.kind) \(write.key) is \(entries.count) times in the history")
                continue
            }
            switch write.kind {
            // Their entry is the partner's, or the booking's that was given up.
            case .addMember, .changeMember, .moveBooking: break
            default:
                if entry.id != record.id || entry.version != record.version {
                    problems.append("\(write.kind) \(write.key): the history has \(entry), told \(record.canonical)")
                }
            }
        }
        let known = Set(acknowledged.map(\.key))
        problems += byReason.keys.filter { $0.hasPrefix(keyPrefix) && !known.contains($0) }.sorted()
            .map { "\($0) is in the history and was not acknowledged" }
        return problems + refused.filter { byReason[$0.key] != nil }.map { "\($0.key) was refused and left a trace" }
    }

    /// Whose versions also count what is no change of a person's: the checkpoints of an import.
    private static let imports: Set = ["gias-import", "application-import"]

    /// Versions of a record are 1, 2, 3 … without gaps.
    private func completeHistories() -> [String] {
        let changes = traces.history.filter { !Self.imports.contains($0.entity) }
        return Dictionary(grouping: changes) { "\($0.entity) \($0.id)" }.compactMap { record, entries in
            let versions = entries.map(\.version).sorted()
            return versions == (1...Int64(versions.count)).map { $0 } ? nil : "\(record) has the versions \(versions)"
        }
    }

    /// Each version was told once, and nothing else was.
    private func outbox() -> [String] {
        var problems: [String] = []
        let told = traces.events.map { "\($0.subject) \($0.version)" }
        if Set(told).count != told.count { problems.append("\(traces.service) told a version twice") }
        // Imports tell what they changed, not each step of themselves; members are told beside their partner's history.
        let silent = Self.imports.union(["school", "cohort"])
        let expected = traces.history.filter { !silent.contains($0.entity) && !$0.change.hasPrefix("member-") }
            .map { "\($0.id) \($0.version)" }
        let heard = Set(
            traces.events.filter { !$0.type.hasPrefix("school.") && !$0.type.hasPrefix("partner.member-") }
                .map { "\($0.subject) \($0.version)" })
        let missing = Set(expected).subtracting(heard), extra = heard.subtracting(expected)
        problems += missing.sorted().map { "\($0) is in the history and was not told" }
        return problems + extra.sorted().map { "\($0) was told and is not in the history" }
    }

    /// What was told of a version to the followers is what its client was told.
    private func contents() throws -> [String] {
        let events = Dictionary(traces.events.map { ("\($0.subject) \($0.version)", $0) }) { first, _ in first }
        return try acknowledged.compactMap { write in
            guard write.kind != .attendance else { return nil }
            let record = try Answered(json: write.reply).record
            guard let event = events["\(record.id) \(record.version ?? 0)"] else {
                return "\(write.kind) \(write.key): nothing was told of \(record.id) \(record.version ?? 0)"
            }
            let told = try Answered(event.payload, ofType: event.payloadType).record
            // Enrolment tells others little of a person.
            if write.kind.trace?.entity == "candidate" {
                return told.text("candidateId") == record.id ? nil : "\(write.key): \(told.canonical)"
            }
            return told.canonical == record.canonical
                ? nil : "\(write.kind) \(write.key): told its client \(record.canonical), its followers \(told.canonical)"
        }
    }
}
