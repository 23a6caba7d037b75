package import TestSupport

/// A store in a schema of PostgreSQL, read by `psql`.
package struct StoreSchema: StoreRows {
    private let server: @Sendable () -> PostgresCluster
    private let database: String
    private let schema: String

    /// - Parameter server: The one that takes writes when the rows are asked for.
    package init(database: String, service: String, on server: @escaping @Sendable () -> PostgresCluster) {
        self.server = server
        self.database = database
        schema = service.replacing("-", with: "_")
    }

    package func rows(_ statements: [String]) async throws -> [[[String]]] {
        var all: [[[String]]] = []
        for statement in statements {
            let text = try await server().execute("COPY (\(statement)) TO STDOUT", database: database, schema: schema)
            all.append(text.isEmpty ? [] : text.split(separator: "\n").map { Self.fields($0) })
        }
        return all
    }

    /// Every entry of a table is in its indexes, and in their order.
    package func damage() async throws -> [String] {
        do {
            try await server().execute(
                "CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA public",
                """
                SELECT public.bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
                WHERE c.relnamespace = '\(schema)'::regnamespace AND c.relkind = 'i' AND a.amname = 'btree'
                """, database: database)
            return []
        } catch {
            return ["\(schema): \(error)"]
        }
    }

    /// The fields of a line of COPY: between tabs, with backslashes before what would be taken for something else.
    static func fields(_ line: Substring) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map { field in
            if field == "\\N" { return "" }
            let text = plain(field)
            return text.hasPrefix("\\x") ? String(text.dropFirst(2)) : text
        }
    }

    private static func plain(_ field: Substring) -> String {
        guard field.contains("\\") else { return String(field) }
        let letters: [Character: Character] = [
            "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{b}",
        ]
        var text = ""
        var isEscaped = false
        for character in field {
            if isEscaped {
                text.append(letters[character] ?? character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
            }
        }
        return text
    }
}
