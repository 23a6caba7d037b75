import Storage

/// What a process that copies its store prints: a line for each batch of rows, and one at the end for each table.
package enum StoreCopyLine: Hashable, Sendable {
    /// `copying store_events 500 3 12`
    case copying(table: String, rows: Int64, tablesDone: Int, tables: Int)
    /// `copied store_events 12034 9be0…`, with the SHA-256 of the table's rows, the same at both places.
    case copied(table: String, rows: Int64, checksum: String)

    init(_ progress: StoreCopy.Progress) {
        self = .copying(
            table: progress.table, rows: progress.rows, tablesDone: progress.tablesDone, tables: progress.tables)
    }

    init(_ table: StoreCopy.Table) {
        self = .copied(table: table.name, rows: table.rows, checksum: table.checksum)
    }

    /// Nil if the line is none of these.
    package init?(_ text: some StringProtocol) {
        let words = String(text).split(separator: " " as Character).map(String.init)
        guard words.count >= 4, let rows = Int64(words[2]) else { return nil }
        switch (words[0], words.count) {
        case ("copying", 5):
            guard let done = Int(words[3]), let tables = Int(words[4]) else { return nil }
            self = .copying(table: words[1], rows: rows, tablesDone: done, tables: tables)
        case ("copied", 4): self = .copied(table: words[1], rows: rows, checksum: words[3])
        default: return nil
        }
    }

    package var text: String {
        switch self {
        case .copying(let table, let rows, let done, let tables): "copying \(table) \(rows) \(done) \(tables)"
        case .copied(let table, let rows, let checksum): "copied \(table) \(rows) \(checksum)"
        }
    }
}
