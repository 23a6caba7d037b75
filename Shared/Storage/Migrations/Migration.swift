import Sodium

/// One step of a store's schema. Append-only: once released, a step is never edited, moved or
/// removed; what it got wrong is put right by a later one.
package struct Migration: Sendable {
    /// `001_create_partners`: lower-case letters, digits and `_`. Part of the names of copies.
    package let name: String
    /// Statements in order, one each.
    package let sql: [SQL]

    package init(name: String, sql: [SQL]) {
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the statements, in hexadecimal. The same on every engine.
    var checksum: String {
        var stream = SHA256Stream()
        for statement in sql {
            stream.update(Array(statement.canonicalText.utf8) + [0])
        }
        return Hex.text(stream.finish())
    }

    var hasGoodName: Bool {
        !name.isEmpty && name.utf8.count <= 100 && name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
    }
}
