import Logging
import Sodium
import Values

/// Brings a store's tables to what this program expects, or refuses the store and says why. All
/// pending steps are one transaction: after a failure the store is as the release before left it.
struct Migrator {
    enum Scope: String, CaseIterable {
        /// The tables of this module.
        case store
        /// The service's own.
        case service
    }

    let service: String
    let migrations: [Scope: [Migration]]
    let now: Instant
    let log: Logger

    init(service: String, migrations: [Migration], at now: Instant, log: Logger) throws(StoreError) {
        self.service = service
        self.migrations = [.store: StoreTables.migrations, .service: migrations]
        self.now = now
        self.log = log
        if let bad = migrations.first(where: { !$0.hasGoodName }) {
            throw StoreError(.internal, "The migration name \"\(bad.name)\" may only hold a-z, 0-9 and _.")
        }
        guard Set(migrations.map(\.name)).count == migrations.count else {
            throw StoreError(.internal, "Two migrations of \(service) have one name.")
        }
    }

    func run(_ opening: any StoreOpening, mustExist: Bool = false) throws(StoreError) {
        let isNew = try opening.isBlank()
        guard !isNew || !mustExist else {
            throw StoreError(.unavailable, "There is no store of \(service) at that place. See to the location.")
        }
        if !isNew {
            guard try opening.hasTable("store_migrations") else {
                throw StoreError(.corrupt, "The place holds tables of another program. "
                    + "Give \(service) one of its own.")
            }
            try checkService(opening)
        }
        var pending: [(scope: Scope, position: Int, migration: Migration)] = []
        for scope in Scope.allCases {
            let applied = isNew ? 0 : try countApplied(scope, opening)
            let known = migrations[scope] ?? []
            pending += known.indices.dropFirst(applied).map { (scope, $0 + 1, known[$0]) }
        }
        guard let first = pending.first else { return }
        if !isNew {
            let copy = try opening.keepCopy(before: first.migration.name, at: now)
            log.notice("kept a copy of the store before migrating it", metadata: ["copy": "\(copy)"])
        }
        let steps = pending.map { Step(scope: $0.scope, position: $0.position, migration: $0.migration) }
        let (service, now) = (service, now)
        try opening.migrate { writer throws(StoreError) in
            for step in steps { try step.apply(to: writer, at: now) }
            if isNew { try Self.createFeed(of: service, writer) }
        }
        for step in steps {
            log.info("migrated the store", metadata: ["migration": "\(step.migration.name)"])
        }
    }

    private struct Step: Sendable {
        let scope: Scope
        let position: Int
        let migration: Migration

        func apply(to writer: any Writer, at now: Instant) throws(StoreError) {
            do throws(StoreError) {
                for statement in migration.sql { try writer.execute(statement) }
                try writer.execute("""
                    INSERT INTO store_migrations (scope, position, name, checksum, applied_at)
                    VALUES (\(scope.rawValue), \(position), \(migration.name), \(migration.checksum), \(now))
                    """)
            } catch {
                var named = error
                named.message = "Migration \(migration.name) failed and nothing was changed: \(error.message)"
                throw named
            }
        }
    }

    /// The feed's id is made with the store and travels with every copy of it.
    private static func createFeed(of service: String, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO store_feed (feed_id, service, last_position)
            VALUES (\(Hex.text(SecureBytes.random(count: 8))), \(service), 0)
            """)
    }

    private func checkService(_ opening: any StoreOpening) throws(StoreError) {
        guard let row = try opening.rows("SELECT service FROM store_feed").first else {
            throw StoreError(.corrupt, "The store lacks its feed. Restore it from a copy.")
        }
        let owner = try row.text(0)
        guard owner == service else {
            throw StoreError(.migrationMismatch, "The place holds the store of \(owner), not of \(service). "
                + "Give \(service) one of its own.")
        }
    }

    /// Compares what the store says was applied with what this program knows.
    private func countApplied(_ scope: Scope, _ opening: any StoreOpening) throws(StoreError) -> Int {
        let known = migrations[scope] ?? []
        let rows = try opening.rows("""
            SELECT name, checksum FROM store_migrations WHERE scope = \(scope.rawValue) ORDER BY position
            """)
        for (index, row) in rows.enumerated() {
            let name = try row.text(0)
            guard index < known.count else {
                throw StoreError(.newerRelease, "The store was written by a newer release of \(service): it has had "
                    + "migration \(name), which this one does not know. Start the newer release, or restore the copy "
                    + "kept before that migration.")
            }
            guard known[index].name == name else {
                let problem = known.contains { $0.name == name } ? "stands elsewhere in" : "is missing from"
                throw StoreError(.migrationMismatch, "Migration \(name), number \(index + 1) in the store, \(problem) "
                    + "this program, which has \(known[index].name) there. Migrations are only ever added at the end.")
            }
            guard try row.text(1) == known[index].checksum else {
                throw StoreError(.migrationMismatch, "Migration \(name) was edited after it was applied to the store. "
                    + "Give it back its old text and put the change into a new migration.")
            }
        }
        return rows.count
    }
}
