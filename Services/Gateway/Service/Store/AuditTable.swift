import Storage
import Values

/// A request that could change something, and its answer.
struct AuditedRequest: Hashable, Sendable {
    var id: UUIDv7
    var at: Instant
    var tokenID: String
    var verb: String
    /// Without the query, which may hold what people typed.
    var path: String
    var status: Int
    var requestID: String
}

/// Which audited requests a list shows.
struct AuditFilter: Hashable, Sendable {
    var tokens: [String] = []
    var from: Instant?
    var until: Instant?

    /// What a page's token is tied to.
    var values: [SQLValue] {
        [
            .text("audit"), .text(tokens.map { "\($0.utf8.count):\($0)" }.joined()), from.sqlValue, until.sqlValue,
        ]
    }

    /// The rows after `after`, newest first, at most `limit`.
    func question(after: [SQLValue]?, limit: Int) -> SQL {
        var conditions: [SQL] = ["1 = 1"]
        if !tokens.isEmpty { conditions.append("token_id IN (\(list: tokens.map { SQLValue.text($0) }))") }
        if let from { conditions.append("at >= \(from)") }
        if let until { conditions.append("at < \(until)") }
        if let after { conditions.append("(at, id) < \(list: after)") }
        return """
            SELECT id, at, token_id, verb, path, status, request_id FROM audit
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY at DESC, id DESC LIMIT \(limit)
            """
    }
}

enum AuditTable {
    static func insert(_ entry: AuditedRequest, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO audit (id, at, token_id, verb, path, status, request_id)
            VALUES (\(entry.id), \(entry.at), \(entry.tokenID), \(entry.verb), \(entry.path), \(entry.status),
                    \(entry.requestID))
            """)
    }

    static func forget(before bound: Instant, atMost count: Int, _ writer: any Writer) throws(StoreError) -> Int {
        try writer.execute("""
            DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < \(bound) ORDER BY at LIMIT \(count))
            """)
    }

    static func read(_ row: Row) throws(StoreError) -> AuditedRequest {
        AuditedRequest(
            id: try row.identifier("id"), at: try row.instant("at"), tokenID: try row.text("token_id"),
            verb: try row.text("verb"), path: try row.text("path"), status: Int(try row.int("status")),
            requestID: try row.text("request_id"))
    }
}
