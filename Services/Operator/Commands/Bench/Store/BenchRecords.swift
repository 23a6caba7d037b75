import Logging
import RPC
import Storage
import Values

/// A store of records that grows by the full write of a service: look for the key's reply, then row,
/// history, event and reply, in one transaction that is on disk when it returns.
final class BenchRecords: Sendable {
    /// Bytes of an event and of a reply: about what a message of twelve fields takes.
    private static let messageBytes = 256

    private let store: Store
    private let identifiers = SystemIdentifiers()
    private let clock = SystemWallClock()
    private let message = [UInt8](repeating: 0x5A, count: messageBytes)

    /// - Parameters:
    ///   - folder: Where to make the store; nil: the system's temporary folder. The caller removes what is in it.
    ///   - writesPerCommit: See `StoreLimits`; 1: each write waits for the disk alone.
    init(in folder: String?, named name: String, writesPerCommit: Int) throws {
        store = try Store(
            opening: folder.map { .sqlite(path: "\($0)/\(name).db") } ?? .temporary, service: "bench",
            migrations: [
                Migration(
                    name: "001_create_records",
                    sql: [
                        """
                        CREATE TABLE records (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, town TEXT NOT NULL,
                            urn BIGINT NOT NULL, status TEXT NOT NULL, version BIGINT NOT NULL,
                            created_at BIGINT NOT NULL) \(.keptByKey)
                        """
                    ])
            ], at: clock.now(), limits: StoreLimits(writesPerCommit: writesPerCommit),
            log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    var counts: WriteCounts { store.writeCounts }

    /// One write; each is another request.
    func write() async throws {
        let id = identifiers.next().text
        let now = clock.now()
        let actor = Actor(id: "0190c3d2-7a4e-7c11-9f3b-5a1d2e3f4a5b", kind: "token")
        let mutation = Mutation(
            principal: actor.id, method: "olp.bench.v1.Records/AddRecord", key: IdempotencyKey.random(),
            requestDigest: Mutation.digest(of: message), actor: actor, reason: "measured", at: now, requestID: id)
        let message = message
        _ = try await store.mutate(mutation) { writer in
            try writer.execute(
                """
                INSERT INTO records (id, name, town, urn, status, version, created_at)
                VALUES (\(id), \("Brookthorpe Church of England Primary School"), \("Oldham"), \(105_588), \("open"),
                    \(RecordVersion.first), \(now))
                """)
            try writer.recordHistory(
                entity: "record", id: id, version: RecordVersion.first, change: "added", mutation)
            try writer.appendEvent(
                StoredEvent(
                    id: id, type: "record.added", subject: id, subjectVersion: RecordVersion.first, at: now,
                    actor: actor, payloadType: "olp.bench.v1.Sample", payload: message))
            return message
        }
    }

    func close() { store.close() }
}
