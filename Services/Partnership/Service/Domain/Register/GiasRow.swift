import Tabular
import Values

/// What a record of one of the files says, once its fields were read.
struct GiasRow<Value: Hashable & Sendable>: Sendable {
    var value: Value
    var issues: [GiasIssue]
    /// Kept columns that the file has not: what is held of them stays.
    var absentColumns: [String] = []
}

/// A record that is not used.
enum UnusedRow: Error, Hashable, Sendable {
    /// Blank: nobody needs to look at it.
    case ignored
    case rejected(GiasIssue, key: String)
}

/// Checks that come before the fields of any file are read.
enum RowShape {
    /// Returns the text of the key column.
    static func check(_ record: CSVRecord, _ kind: GiasFileKind, _ columns: GiasColumns) throws(UnusedRow) -> String {
        if record.isBlank { throw .ignored }
        let isWhole = record.fields.count == columns.count
        let position = columns.position(kind.keyColumn)
        let key = position.map { isWhole ? FieldText(record.value($0), .windows1252).text : "" } ?? ""
        if record.bytes.contains(0) {
            throw reject(.nulByte, "The record holds a NUL byte.", key: key.filter { $0 != "\0" })
        }
        guard isWhole else {
            throw reject(.fieldCount, """
                The record has \(record.fields.count) fields, the header \(columns.count).
                """, key: "")
        }
        if record.hasMisplacedQuote {
            throw reject(.misplacedQuote, "A quote is closed before its field ends.", key: key)
        }
        if key == kind.keyColumn {
            throw reject(.headerRepeated, "This is the header again; were two downloads joined?", key: "")
        }
        if key.isEmpty {
            throw reject(.keyMissing, "The row has no \(kind.keyColumn).", key: "", column: kind.keyColumn)
        }
        return key
    }

    static func reject(_ code: GiasIssue.Code, _ message: String, key: String, column: String = "") -> UnusedRow {
        .rejected(GiasIssue(severity: .rejected, code: code, column: column, message: message + " Not imported."),
                  key: key)
    }

    static func urn(_ text: String, column: String, key: String) throws(UnusedRow) -> URN {
        guard let urn = URN(text) else {
            throw reject(.keyNotANumber, "'\(RowReader.quoted(text))' is not a URN.", key: key, column: column)
        }
        return urn
    }
}
