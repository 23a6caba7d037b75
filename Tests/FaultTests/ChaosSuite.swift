import SuiteSupport
import TestSupport

/// A suite of a topology, the database that it may have, and how its stores are read.
struct ChaosSuite: Sendable {
    let folder: TemporaryDirectory
    let lives: SuiteLives
    let database: (any DatabaseFaults)?
    /// By service; to be read when nobody writes any more.
    let stores: [String: any StoreRows]

    /// - Parameters:
    ///   - arguments: more of them for its first `olp up`.
    ///   - program: its first `olp`; nil: the one that was built with these tests.
    static func start(
        _ topology: Topology, arguments: [String] = [], program: String? = nil
    ) async throws -> ChaosSuite {
        let folder = try TemporaryDirectory()
        let database = topology.engine == .postgres ? try await ProxiedDatabase() : nil
        let environment = database.map { ["OLP_DATABASE": $0.url] } ?? [:]
        let gateways = topology.count(of: "gateway")
        let first = try await RunningSuite.start(
            in: folder, topology.arguments + arguments, environment: environment, gateways: gateways, program: program)
        let lives = SuiteLives(first) {
            try await RunningSuite.start(in: folder, topology.arguments, environment: environment, gateways: gateways)
        }
        let stores = topology.services.filter { $0 != "gateway" }.map { service in
            let store: any StoreRows =
                if let database {
                    StoreSchema(database: ProxiedDatabase.name, service: service) { database.primary }
                } else {
                    StoreFile(path: folder.file("data/\(service).sqlite"))
                }
            return (service, store)
        }
        return ChaosSuite(
            folder: folder, lives: lives, database: database, stores: Dictionary(uniqueKeysWithValues: stores))
    }

    /// Why the stores cannot be read on this machine; nil if they can.
    var missing: String? { database == nil ? StoreFile.missing : nil }

    var suite: RunningSuite { lives.suite }
}
