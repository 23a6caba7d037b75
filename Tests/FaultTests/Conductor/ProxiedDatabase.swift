import Synchronization
import TestSupport

/// The PostgreSQL of a suite: a primary, a standby that every commit waits for, and a network before each that can be made
/// bad. The suite knows two places, of which one takes writes.
final class ProxiedDatabase: DatabaseFaults {
    static let name = "suite"

    private struct State {
        var primary: PostgresCluster
        var standby: PostgresCluster
        /// Which of the two places the primary is at.
        var place = 0
        var failovers = 0
    }

    private let proxies: [FaultProxy]
    private let state: Mutex<State>

    init() async throws {
        let primary = try await PostgresCluster.start(.init(isDurable: true))
        try await primary.execute("CREATE DATABASE \(Self.name)")
        let standby = try await primary.makeStandby(synchronous: true)
        proxies = [try FaultProxy(to: primary.port), try FaultProxy(to: standby.port)]
        state = Mutex(State(primary: primary, standby: standby))
    }

    /// The server that takes writes.
    var primary: PostgresCluster { state.withLock { $0.primary } }

    /// Where the suite finds it.
    var url: String {
        let places = proxies.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        return "postgresql://\(PostgresCluster.user):\(PostgresCluster.password)@\(places)/\(Self.name)"
            + "?target_session_attrs=read-write"
    }

    func kill() async throws { try await primary.kill() }
    func start() async throws { try await primary.start() }
    func restart() async throws { try await primary.restart() }
    func freeze() { primary.freeze() }
    func thaw() { primary.thaw() }

    func failOver() async throws {
        let (old, new, place) = state.withLock { ($0.primary, $0.standby, $0.place) }
        try await old.kill()
        try await new.promote()
        // The next standby takes the place of the one that is gone.
        let number = state.withLock { state in
            state.failovers += 1
            state.primary = new
            state.place = 1 - place
            return state.failovers
        }
        let next = try await new.makeStandby(named: "standby\(number)", synchronous: true)
        proxies[place].setUpstream(next.port)
        state.withLock { $0.standby = next }
    }

    func part(_ process: Int32?) { treat(.init(isStalled: true), process) }
    func delay(_ duration: Duration, _ process: Int32?) { treat(.init(delay: duration), process) }
    func cut() { for proxy in proxies { proxy.cut(resetting: true) } }
    func heal() { for proxy in proxies { proxy.heal() } }

    private func treat(_ treatment: FaultProxy.Treatment, _ process: Int32?) {
        for proxy in proxies {
            if let process {
                proxy.treat(treatment) { $0.intersection(ProcessPorts.connected(process)) }
            } else {
                proxy.treat(treatment)
            }
        }
    }
}
