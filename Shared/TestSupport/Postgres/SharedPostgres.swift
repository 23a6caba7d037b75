import Synchronization

/// The one cluster that the tests of a process share, made when the first asks for it. Each test takes a schema of its
/// own.
package enum SharedPostgres {
    private static let made = Result<PostgresCluster, any Error> { try blocking { try await PostgresCluster.start() } }

    /// Throws if there is no PostgreSQL on this machine. Blocks for a second the first time.
    package static var cluster: PostgresCluster {
        get throws { try made.get() }
    }

    private static let schemas = Atomic(0)

    /// The name of a schema that nobody else is given and that does not exist yet.
    package static func newSchema() -> String {
        "t\(schemas.add(1, ordering: .relaxed).newValue)"
    }

    private static let databases = Atomic(0)

    /// A database that nobody else is given: its name. Empty, or with all that is in another one that nobody is
    /// connected to.
    package static func makeDatabase(copyOf template: String? = nil) throws -> String {
        let cluster = try cluster
        let name = "d\(databases.add(1, ordering: .relaxed).newValue)"
        let source = template.map { " TEMPLATE \($0)" } ?? ""
        _ = try blocking { try await cluster.execute("CREATE DATABASE \(name)\(source)") }
        return name
    }
}
