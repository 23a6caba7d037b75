import Foundation
import TestSupport

/// A store's file, read past everything of ours: by Python's SQLite, while nobody has it open.
struct StoreFile {
    let path: String

    /// The rows of each statement; numbers as text, bytes in hexadecimal, nothing as "".
    func rows(_ statements: String...) async throws -> [[[String]]] {
        let outcome = try await Python.run(Self.script, [path] + statements)
        guard outcome.isSuccess else { throw Unreadable(description: "\(path): \(outcome)") }
        return try JSONDecoder().decode([[[String]]].self, from: Data(outcome.output.utf8))
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    private static let script = """
        import json, sqlite3, sys
        store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
        def plain(value):
            return "" if value is None else value.hex() if isinstance(value, bytes) else str(value)
        print(json.dumps([[[plain(v) for v in row] for row in store.execute(sql)] for sql in sys.argv[2:]]))
        """

    /// What `rows` gives for bytes.
    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}
