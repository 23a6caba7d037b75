internal import Postgres
import Values

/// A schema of a PostgreSQL database: `postgres://user@host:5432,standby:5432/olp?schema=partnership&sslmode=verify-full`.
///
/// Whatever libpq takes may follow the `?`: `sslmode`, `sslrootcert`, `passfile` … The password is best kept in a file
/// (`passfile=PATH`, lines of `host:port:database:user:password`, readable by its owner only). Of several hosts the one
/// that can be written to is used. Never shows its password.
package struct PostgresLocation: Hashable, Sendable {
    /// As long as a schema's name may be, so that the names of the copies of it fit.
    package static let longestSchema = 38

    let url: PostgresURL
    /// As given; the default is the service's name, see `schema(of:)`.
    package let schema: String?

    package init(_ text: String) throws(StoreError) {
        do throws(PostgresURL.Problem) {
            url = try PostgresURL(text, extra: ["schema"])
        } catch {
            throw StoreError(.internal, "The store's location is no good PostgreSQL URL: \(error). "
                + "Give it as postgres://USER@HOST:PORT/DATABASE?passfile=PATH.")
        }
        schema = url.extra["schema"]
        if let schema, !Self.isGood(schema: schema) {
            throw StoreError(.internal, "The schema in the store's location must be made of a-z, 0-9 and _, begin with a "
                + "letter, not with pg_, and have at most \(Self.longestSchema) characters.")
        }
    }

    /// Where the tables of this service are: `training-events` has the schema `training_events`.
    func schema(of service: String) throws(StoreError) -> String {
        if let schema { return schema }
        let name = String(service.map { $0 == "-" ? "_" : $0 })
        guard Self.isGood(schema: name) else {
            throw StoreError(.internal, "\"\(service)\" cannot be the name of a schema. Add ?schema=NAME to the location.")
        }
        return name
    }

    /// What the copy of a schema is called that was kept at this time.
    static func copy(of schema: String, at now: Instant) -> String {
        let time = Instant(microseconds: now.seconds * 1_000_000).rfc3339.filter { $0 != "-" && $0 != ":" }
        return copyPrefix(schema) + time.lowercased()
    }

    static func copyPrefix(_ schema: String) -> String { schema + "_before_" }

    /// Whether a schema is a copy; of this one, if given.
    static func isCopy(_ name: String, of schema: String? = nil) -> Bool {
        guard name.utf8.count <= longestSchema + 24, schema.map({ name.hasPrefix(copyPrefix($0)) }) ?? true else { return false }
        let time = schema.map { name.dropFirst(copyPrefix($0).count) } ?? name.suffix(16)
        return name.dropLast(16).hasSuffix("_before_") && time.wholeMatch(of: /[0-9]{8}t[0-9]{6}z/) != nil
    }

    /// Needs no quotes in SQL.
    private static func isGood(schema: String) -> Bool {
        let bytes = Array(schema.utf8)
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        // A copy that was kept of one may be named too, to go back to it.
        guard bytes.count <= longestSchema || isCopy(schema), let first = bytes.first, letters.contains(first),
              !schema.hasPrefix("pg_") else { return false }
        return bytes.allSatisfy {
            letters.contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}

extension PostgresLocation: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `postgres://user@host:5432/olp?schema=partnership`
    package var description: String { "\(url)\(schema.map { "?schema=\($0)" } ?? "")" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["location": description]) }
}
