package import Storage
package import Values

/// A table of imports, and the moves that imports of every kind make.
///
/// The table has, beside columns of its own: `id`, `state` (an ``ImportState``), `version`, `failure`, `ended_at`,
/// `cancel_requested`, `running_slot` (unique; 1 while it runs), `runner`, `runner_until`, and who asked for it:
/// `actor_id`, `actor_kind`, `request_id`.
package struct ImportTable: Sendable {
    /// How long a runner that says nothing keeps its import. It speaks at every checkpoint.
    package static let claimLifetime = Duration.seconds(30)

    package let name: String
    /// Under which the history of an import is kept.
    package let entity: String
    private let table: SQL

    package init(_ name: String, entity: String) {
        self.name = name
        self.entity = entity
        table = "\(raw: name)"
    }

    // MARK: For those who ask

    /// Refuses an import that takes no file any more.
    package func checkReceiving(_ id: UUIDv7, _ reader: any Reader) throws {
        guard let row = try reader.row("SELECT state FROM \(table) WHERE id = \(id)") else {
            throw ImportRefusal.unknown
        }
        let state = try Self.state(row, 0)
        guard state == .receiving else { throw ImportRefusal.notReceiving(state) }
    }

    /// Puts an import in the queue. One that was started before stays as it is.
    package func start(_ id: UUIDv7, hasFile: Bool, _ mutation: Mutation, _ writer: any Writer) throws {
        guard let row = try writer.row("SELECT state FROM \(table) WHERE id = \(id)") else {
            throw ImportRefusal.unknown
        }
        let state = try Self.state(row, 0)
        switch state {
        case .receiving: break
        case .cancelled, .failed: throw ImportRefusal.notReceiving(state)
        case .queued, .running, .succeeded: return
        }
        guard hasFile else { throw ImportRefusal.noFile }
        try move(id, to: .queued, "started", mutation, writer)
    }

    /// Cancels an import that does not run yet, or asks the runner to stop at its next checkpoint. One that has ended
    /// stays as it is.
    package func cancel(_ id: UUIDv7, _ mutation: Mutation, _ writer: any Writer) throws {
        guard let row = try writer.row("SELECT state FROM \(table) WHERE id = \(id)") else {
            throw ImportRefusal.unknown
        }
        let state = try Self.state(row, 0)
        if state.hasEnded { return }
        if state == .running {
            try writer.execute("UPDATE \(table) SET cancel_requested = 1 WHERE id = \(id)")
        } else {
            try move(id, to: .cancelled, "cancelled", mutation, writer)
        }
    }

    // MARK: For the runner

    /// Takes the import that is to run next: one that was running when its process died, or the oldest in the queue. Nil
    /// if there is none, or if another runner is at work.
    /// - Parameter takingOver: also an import whose runner spoke just now. For a process that knows that it is the only
    ///   one, when it starts.
    package func claim(
        in store: Store, runner: String, takingOver: Bool, now: Instant
    ) async throws -> ImportClaim? {
        do {
            return try await store.write { writer in
                let running = try writer.row("""
                    SELECT id, runner_until FROM \(table) WHERE state = \(ImportState.running.rawValue)
                    """)
                if let running {
                    guard try takingOver || running.instant(1) <= now else { return nil }
                    return try claim(running.identifier(0), runner, now, writer)
                }
                guard let queued = try writer.row("""
                    SELECT id FROM \(table) WHERE state = \(ImportState.queued.rawValue) ORDER BY id LIMIT 1
                    """) else { return nil }
                return try claim(queued.identifier(0), runner, now, writer)
            }
        } catch let error as StoreError where error.breaks(.unique, "\(name).running_slot") {
            return nil
        }
    }

    /// One step of an import, in one transaction with its checkpoint. Keeps the claim, and learns whether the runner may
    /// go on: where it may not, `step` is not taken.
    package func checkpoint<Result: Sendable>(
        _ claim: ImportClaim, in store: Store, at now: Instant,
        _ step: @escaping @Sendable (any Writer) throws -> Result
    ) async throws -> Result {
        let outcome = try await store.write { writer -> Swift.Result<Result, ImportInterruption> in
            if let reason = try interruption(claim, now, writer) { return .failure(reason) }
            try writer.execute("""
                UPDATE \(table) SET runner_until = \(now + Self.claimLifetime), version = version + 1
                WHERE id = \(claim.importID)
                """)
            return .success(try step(writer))
        }
        return try outcome.get()
    }

    /// Ends the import.
    /// - Parameter failure: Why it failed; nil: it succeeded.
    package func end(_ claim: ImportClaim, failure: String?, in store: Store, at now: Instant) async throws {
        let interruption = try await store.write { writer -> ImportInterruption? in
            if let reason = try self.interruption(claim, now, writer) { return reason }
            try end(claim, failure == nil ? .succeeded : .failed, failure ?? "", now, writer)
            return nil
        }
        if let interruption { throw interruption }
    }

    private func claim(_ id: UUIDv7, _ runner: String, _ now: Instant, _ writer: any Writer) throws -> ImportClaim? {
        guard let row = try writer.row("""
            UPDATE \(table) SET state = \(ImportState.running.rawValue), running_slot = 1, runner = \(runner),
                   runner_until = \(now + Self.claimLifetime), version = version + 1
            WHERE id = \(id) RETURNING actor_id, actor_kind, request_id
            """) else { return nil }
        return ImportClaim(importID: id, runner: runner, actor: Actor(id: try row.text(0), kind: try row.text(1)),
                           requestID: try row.text(2))
    }

    /// A request to cancel is carried out here.
    private func interruption(
        _ claim: ImportClaim, _ now: Instant, _ writer: any Writer
    ) throws(StoreError) -> ImportInterruption? {
        guard let row = try writer.row("""
            SELECT runner, state, cancel_requested FROM \(table) WHERE id = \(claim.importID)
            """), try row.text(0) == claim.runner, try row.int(1) == ImportState.running.rawValue else {
            return .claimLost
        }
        guard try row.bool(2) else { return nil }
        try end(claim, .cancelled, "", now, writer)
        return .cancelled
    }

    private func end(
        _ claim: ImportClaim, _ state: ImportState, _ failure: String, _ now: Instant, _ writer: any Writer
    ) throws(StoreError) {
        let row = try writer.row("""
            UPDATE \(table) SET state = \(state.rawValue), failure = \(failure), ended_at = \(now), running_slot = NULL,
                   version = version + 1
            WHERE id = \(claim.importID) RETURNING version
            """)
        try writer.recordHistory(entity: entity, id: claim.importID.text, version: try row?.int(0) ?? 0,
                                 change: state.name, claim.mutation(at: now))
    }

    private func move(
        _ id: UUIDv7, to state: ImportState, _ change: String, _ mutation: Mutation, _ writer: any Writer
    ) throws(StoreError) {
        let endedAt = state.hasEnded ? mutation.at : nil
        let row = try writer.row("""
            UPDATE \(table) SET state = \(state.rawValue), ended_at = \(endedAt.sqlValue), version = version + 1,
                   actor_id = \(mutation.actor.id), actor_kind = \(mutation.actor.kind),
                   request_id = \(mutation.requestID)
            WHERE id = \(id) RETURNING version
            """)
        try writer.recordHistory(entity: entity, id: id.text, version: try row?.int(0) ?? 0, change: change, mutation)
    }

    /// The state in a column of a row.
    package static func state(_ row: Row, _ column: Int) throws(StoreError) -> ImportState {
        guard let state = ImportState(rawValue: Int(try row.int(column))) else { throw row.unreadable(column, "state") }
        return state
    }
}
