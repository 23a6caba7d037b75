import TestSupport

/// A PostgreSQL of a suite's own, with a network between the two that can be made bad.
final class ProxiedDatabase: DatabaseFaults {
    static let name = "suite"

    let cluster: PostgresCluster
    private let proxy: FaultProxy

    init() async throws {
        cluster = try await PostgresCluster.start(.init(isDurable: true))
        try await cluster.execute("CREATE DATABASE \(Self.name)")
        proxy = try FaultProxy(to: cluster.port)
    }

    /// Where the suite finds it.
    var url: String {
        "postgresql://\(PostgresCluster.user):\(PostgresCluster.password)@127.0.0.1:\(proxy.port)/\(Self.name)"
    }

    func kill() async throws { try await cluster.kill() }
    func start() async throws { try await cluster.start() }
    func restart() async throws { try await cluster.restart() }
    func freeze() { cluster.freeze() }
    func thaw() { cluster.thaw() }
    func part(_ process: Int32?) { treat(.init(isStalled: true), process) }
    func cut() { proxy.cut(resetting: true) }
    func delay(_ duration: Duration, _ process: Int32?) { treat(.init(delay: duration), process) }
    func heal() { proxy.heal() }

    private func treat(_ treatment: FaultProxy.Treatment, _ process: Int32?) {
        guard let process else { return proxy.treat(treatment) }
        proxy.treat(treatment) { $0.intersection(ProcessPorts.connected(process)) }
    }
}
