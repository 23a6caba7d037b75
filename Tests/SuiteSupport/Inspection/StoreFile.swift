import Foundation
import TestSupport

/// A store's file, read by Python's SQLite while nobody has it open.
package struct StoreFile: StoreRows {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    /// Why it cannot be read on this machine; nil if it can.
    package static var missing: String? { Python.path == nil ? Python.missing : nil }

    package func rows(_ statements: [String]) async throws -> [[[String]]] {
        let outcome = try await Python.run(Self.script, [path] + statements, timeout: .seconds(300))
        guard outcome.isSuccess else { throw StoreUnreadable(description: "\(path): \(outcome)") }
        return try JSONDecoder().decode([[[String]]].self, from: Data(outcome.output.utf8))
    }

    package func damage() async throws -> [String] {
        let rows = try await rows(["PRAGMA integrity_check", "PRAGMA foreign_key_check"])
        return rows.joined().map { $0.joined(separator: " ") }.filter { $0 != "ok" }
    }

    private static let script = """
        import json, sqlite3, sys
        store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
        def plain(value):
            return "" if value is None else value.hex() if isinstance(value, bytes) else str(value)
        print(json.dumps([[[plain(v) for v in row] for row in store.execute(sql)] for sql in sys.argv[2:]]))
        """
}
