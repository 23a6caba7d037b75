import Foundation
import Synchronization
package import Storage

/// A database that a store can be on.
package enum Engine: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite
    case postgres

    /// Those that tests run on here: `@Test(arguments: Engine.all)`. Says loudly if it is not all of them.
    package static let all: [Engine] = PostgresPrograms.areWanted ? allCases : [.sqlite]

    /// The one that `TestStore` takes: SQLite, unless OLP_TEST_ENGINE says `postgres`.
    package static let chosen: Engine = {
        guard let name = ProcessInfo.processInfo.environment["OLP_TEST_ENGINE"] else { return .sqlite }
        guard let engine = Engine(rawValue: name) else {
            preconditionFailure("OLP_TEST_ENGINE is \(name); it can be sqlite or postgres")
        }
        return engine
    }()

    package var description: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgres: "PostgreSQL"
        }
    }
}

/// Where the stores of the services' tests are: the one place that knows on which engine these tests run.
package enum TestStore {
    /// The schemas of stores that were opened by a path, so that they are found again.
    private static let schemas = Mutex<[String: String]>([:])

    /// A place for a store, empty when it is asked for first.
    /// - Parameter path: of the store's file on SQLite; the same path is the same place on every engine. Nil: a place
    ///   that is never opened again.
    package static func location(path: String? = nil, on engine: Engine = .chosen) throws -> StoreLocation {
        switch engine {
        case .sqlite: return path.map { .sqlite(path: $0) } ?? .temporary
        case .postgres:
            let schema = path.map(schema(of:)) ?? SharedPostgres.newSchema()
            return try StoreLocation(SharedPostgres.cluster.url(schema: schema))
        }
    }

    /// The schema that stands for a path on PostgreSQL.
    package static func schema(of path: String) -> String {
        schemas.withLock { schemas in
            if let known = schemas[path] { return known }
            let schema = SharedPostgres.newSchema()
            schemas[path] = schema
            return schema
        }
    }
}
