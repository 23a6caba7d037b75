import ServiceKit
import Storage
import Values

/// How imports are written down and read back.
extension PartnershipStore {
    static let importColumns = """
        id, state, failure, created_at, started_at, ended_at, version, issues_found, issues_kept
        """

    static func readImport(_ row: Row, _ reader: any Reader) throws(StoreError) -> GiasImport {
        var found = GiasImport(id: try row.identifier(0), state: try ImportTable.state(row, 1), createdAt: try row.instant(3),
                               version: try row.int(6))
        found.failure = try row.text(2)
        found.startedAt = try row.optionalInstant(4)
        found.endedAt = try row.optionalInstant(5)
        found.issuesFound = try row.int(7)
        found.issuesKept = try row.int(8)
        for row in try reader.rows("""
            SELECT kind, name, bytes_total, bytes_read, rows_read, inserted, updated, unchanged, ignored, rejected, warned,
                   is_done
            FROM gias_import_files WHERE import_id = \(found.id) ORDER BY kind
            """) {
            guard let kind = GiasFileKind(rawValue: Int(try row.int(0))) else { throw row.unreadable("kind", "file") }
            let counts = RowCounts(
                rowsRead: try row.int(4), inserted: try row.int(5), updated: try row.int(6), unchanged: try row.int(7),
                ignored: try row.int(8), rejected: try row.int(9), warned: try row.int(10))
            found.files.append(GiasFileProgress(
                kind: kind, name: try row.text(1), bytesTotal: try row.int(2), bytesRead: try row.int(3),
                isDone: try row.bool(11), counts: counts))
        }
        return found
    }

    static func giasImport(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> GiasImport? {
        guard let row = try reader.row("SELECT \(raw: importColumns) FROM gias_imports WHERE id = \(id)") else {
            return nil
        }
        return try readImport(row, reader)
    }
}
