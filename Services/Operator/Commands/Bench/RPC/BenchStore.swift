import Contracts
import Logging
import Storage
import Synchronization
import Values

/// A table of samples in a temporary SQLite store, read row by row on the store's own threads.
final class BenchStore: Sendable {
    private static let rows = 10_000

    private let store: Store
    private let turn = Atomic(0)

    init() async throws {
        store = try Store(
            opening: .temporary, service: "bench",
            migrations: [
                Migration(
                    name: "001_create_samples",
                    sql: [
                        """
                        CREATE TABLE samples (number BIGINT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL,
                            town TEXT NOT NULL, urn BIGINT NOT NULL, pupils BIGINT NOT NULL, note TEXT)
                        """
                    ])
            ], at: SystemWallClock().now(), log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        try await fill()
    }

    private func fill() async throws {
        let sample = BenchMessage.sample(size: 0)
        try await store.write { writer in
            for number in 0..<Self.rows {
                try writer.execute(
                    """
                    INSERT INTO samples (number, id, name, town, urn, pupils, note)
                    VALUES (\(number), \(sample.id), \(sample.name), \(sample.town), \(100_000 + number),
                        \(sample.pupils), \(sample.note ?? ""))
                    """)
            }
        }
    }

    /// The next row, in an order that no cache foresees.
    func next() async throws -> BenchV1.Sample {
        // A step that shares no factor with the number of rows comes to each of them.
        let number = turn.add(7_919, ordering: .relaxed).newValue % Self.rows
        return try await store.read { reader in
            guard
                let row = try reader.row(
                    "SELECT id, name, town, urn, pupils, note FROM samples WHERE number = \(number)")
            else { return BenchV1.Sample() }
            return BenchV1.Sample(
                id: try row.text(0), name: try row.text(1), town: try row.text(2), urn: try row.int(3),
                pupils: Int32(clamping: try row.int(4)), note: try row.optionalText(5))
        }
    }
}
