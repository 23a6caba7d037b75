import SuiteSupport
import TestSupport

/// A suite of a topology, the database that it may have, and how its stores are read.
struct ChaosSuite: Sendable {
    let folder: TemporaryDirectory
    let lives: SuiteLives
    let database: (any DatabaseFaults)?
    /// Nil if processes call each other directly.
    let network: SuiteNetwork?
    /// By service; to be read when nobody writes any more.
    let stores: [String: any StoreRows]

    /// - Parameters:
    ///   - hasNetwork: whether there is something between processes that can be made bad.
    ///   - arguments: more of them for its first `olp up`.
    ///   - program: its first `olp`; nil: the one that was built with these tests.
    static func start(
        _ topology: Topology, hasNetwork: Bool, arguments: [String] = [], program: String? = nil
    ) async throws -> ChaosSuite {
        let folder = try TemporaryDirectory()
        let database = topology.engine == .postgres ? try await ProxiedDatabase() : nil
        let network = hasNetwork ? try SuiteNetwork(topology, of: folder) : nil
        var environment = network?.environment ?? [:]
        if let database { environment["OLP_DATABASE"] = database.url }
        // Partnership is alone and is hit every few seconds: on a slow machine hardly long enough for the usual 1000 rows.
        environment["OLP_PARTNERSHIP_IMPORT_BATCH_ROWS"] = "100"
        let gateways = topology.count(of: "gateway")
        let first = try await RunningSuite.start(
            in: folder, topology.arguments + arguments, environment: environment, gateways: gateways, program: program)
        let lives = SuiteLives(first) { [environment] in
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
            folder: folder, lives: lives, database: database, network: network,
            stores: Dictionary(uniqueKeysWithValues: stores))
    }

    /// Why the stores cannot be read on this machine; nil if they can.
    var missing: String? { database == nil ? StoreFile.missing : nil }

    var suite: RunningSuite { lives.suite }
}
