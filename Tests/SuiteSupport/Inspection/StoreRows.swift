/// A store, read past everything of ours.
package protocol StoreRows: Sendable {
    /// The rows of each statement; numbers as text, bytes in hexadecimal, nothing as "".
    func rows(_ statements: [String]) async throws -> [[[String]]]
    /// What the engine itself finds wrong, a line each.
    func damage() async throws -> [String]
}

extension StoreRows {
    func rows(_ statements: String...) async throws -> [[[String]]] { try await rows(statements) }
}

/// Why a store could not be read.
package struct StoreUnreadable: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// What `rows` gives for bytes.
enum StoreBytes {
    static func read(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}
