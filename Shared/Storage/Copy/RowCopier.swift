/// Copies the rows of all tables from one transaction into another, and compares.
struct RowCopier {
    /// Rows, values and bytes in one INSERT, at most.
    private static let batchRows = 500
    private static let batchValues = 8000
    private static let batchBytes = 4 << 20
    /// Tables whose rows differ from one new store to the next.
    private static let ownRows: Set = ["store_feed", "store_migrations"]

    private let reader: any Reader
    private let writer: any Writer
    private let tables: [TableOutline]
    private let progress: (StoreCopy.Progress) -> Void
    private let new: (any Reader)?

    /// - Parameter new: A store that the same migrations have just made, which the target must be like: some tables hold rows
    ///   from the beginning. Nil: the target is known to be new.
    init(_ reader: any Reader, _ source: [TableOutline], _ writer: any Writer, _ target: [TableOutline],
         like new: (any Reader)?, _ progress: @escaping (StoreCopy.Progress) -> Void) throws(StoreError) {
        self.reader = reader
        self.writer = writer
        self.new = new
        self.progress = progress
        try Self.compare(source, target)
        tables = try TableOutline.inOrder(target)
    }

    /// The same migrations made both, so they differ only if somebody changed one by hand.
    private static func compare(_ source: [TableOutline], _ target: [TableOutline]) throws(StoreError) {
        let found = Dictionary(source.map { ($0.name, Set($0.columns)) }, uniquingKeysWith: { first, _ in first })
        let wanted = Dictionary(target.map { ($0.name, Set($0.columns)) }, uniquingKeysWith: { first, _ in first })
        let different = Set(found.keys).union(wanted.keys).filter { found[$0] != wanted[$0] }.sorted()
        guard different.isEmpty else {
            throw StoreError(.migrationMismatch, "These tables are not the same at both places: "
                + "\(different.joined(separator: ", ")). Bring both to this release first.")
        }
    }

    func run() throws -> [StoreCopy.Table] {
        try checkNew()
        for table in tables.reversed() where try writer.row("SELECT 1 FROM \(raw: quoted(table.name)) LIMIT 1") != nil {
            try writer.execute("DELETE FROM \(raw: quoted(table.name))")
        }
        var copied: [StoreCopy.Table] = []
        for (index, table) in tables.enumerated() {
            var sent = try copy(table, number: index)
            var kept = RowChecksum()
            try writer.forEach(rows(of: table)) { kept.add($0.values) }
            let checksum = sent.finish()
            guard kept.rows == sent.rows, kept.finish() == checksum else {
                throw StoreError(.corrupt, "Table \(table.name) did not arrive as it was sent (\(sent.rows) rows sent, "
                    + "\(kept.rows) kept). Nothing was copied.")
            }
            copied.append(StoreCopy.Table(name: table.name, rows: sent.rows, checksum: checksum))
        }
        return copied
    }

    private func checkNew() throws {
        guard let new else { return }
        for table in tables where !Self.ownRows.contains(table.name) {
            guard try writer.row("SELECT 1 FROM \(raw: quoted(table.name)) LIMIT 1") != nil else { continue }
            guard try checksum(table, writer) == checksum(table, new) else {
                throw StoreError(.internal, "The place to copy to holds rows already (table \(table.name)). "
                    + "Give an empty one.")
            }
        }
        guard try writer.row("SELECT 1 FROM store_feed WHERE last_position > 0") == nil else {
            throw StoreError(.internal, "The place to copy to has told events already. Give an empty one.")
        }
    }

    private func checksum(_ table: TableOutline, _ reader: any Reader) throws -> String {
        var sum = RowChecksum()
        try reader.forEach(rows(of: table)) { sum.add($0.values) }
        return sum.finish()
    }

    private func copy(_ table: TableOutline, number: Int) throws -> RowChecksum {
        var sum = RowChecksum()
        var batch: [[SQLValue]] = []
        var bytes = 0
        func tell() {
            progress(StoreCopy.Progress(table: table.name, rows: sum.rows, tablesDone: number, tables: tables.count))
        }
        func flush() throws(StoreError) {
            guard !batch.isEmpty else { return }
            try insert(batch, into: table)
            batch.removeAll(keepingCapacity: true)
            bytes = 0
            tell()
        }
        let most = max(1, min(Self.batchRows, Self.batchValues / max(1, table.columns.count)))
        tell()
        try reader.forEach(rows(of: table)) { row in
            sum.add(row.values)
            batch.append(row.values)
            bytes += row.values.reduce(0) { $0 + $1.byteCount }
            if batch.count >= most || bytes >= Self.batchBytes { try flush() }
        }
        try flush()
        return sum
    }

    private func rows(of table: TableOutline) -> SQL {
        let order = table.key.isEmpty ? table.columns : table.key
        return """
            SELECT \(raw: names(table.columns)) FROM \(raw: quoted(table.name)) ORDER BY \(raw: names(order))
            """
    }

    private func insert(_ rows: [[SQLValue]], into table: TableOutline) throws(StoreError) {
        let values = rows.map { row -> SQL in "\(list: row)" }.joined()
        try writer.executeUnseen("INSERT INTO \(raw: quoted(table.name)) (\(raw: names(table.columns))) VALUES \(values)")
    }

    private func names(_ columns: [String]) -> String {
        columns.map(quoted).joined(separator: ", ")
    }
}

extension SQLValue {
    fileprivate var byteCount: Int {
        switch self {
        case .null, .int, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count
        }
    }
}
