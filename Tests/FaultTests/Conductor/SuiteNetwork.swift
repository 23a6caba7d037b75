import Foundation
import Glibc
import SuiteSupport
import Synchronization
import TestSupport

/// What lies between the processes of a suite: before the socket of each that is called, a proxy through which all its
/// callers go.
///
/// Callers find the proxies where any operator may name other places, by `peer-SERVICE` in their configuration; the
/// processes themselves listen where they always do. Who calls is seen by the process that a connection comes from.
final class SuiteNetwork: Sendable {
    /// Which calls.
    enum Part: Hashable, Sendable {
        /// Those that a process makes, and those that are made to it.
        case of(String)
        case between(caller: String, called: String)
    }

    /// With the proxies' sockets, and for each service a file that says where they are.
    private let folder: TemporaryDirectory
    /// By the process that each leads to.
    private let proxies: [String: FaultProxy]
    private let services: [String]
    /// What the suite says of its processes.
    private let state: @Sendable () -> RunningSuite.State?
    private let hitCount = Mutex(0)

    /// - Parameter data: the folder that the suite's own is to be in.
    init(_ topology: Topology, of data: TemporaryDirectory) throws {
        let folder = try TemporaryDirectory()
        let state: @Sendable () -> RunningSuite.State? = { RunningSuite.state(in: data) }
        var proxies: [String: FaultProxy] = [:]
        services = topology.services.filter { $0 != "gateway" }
        for service in services {
            let processes = topology.processes(of: service)
            for process in processes {
                proxies[process] = try FaultProxy(at: folder.file("\(process).rpc")) { Self.socket(of: process, state()) }
            }
            let places = processes.map { "ipc://\(folder.file("\($0).rpc"))\n" }
            try folder.write(places.joined(), to: service)
        }
        self.folder = folder
        self.proxies = proxies
        self.state = state
    }

    /// For `olp up`, whose processes have it from there.
    var environment: [String: String] {
        var variables: [String: String] = [:]
        for (caller, called) in Topology.calls {
            for service in called where services.contains(service) {
                variables["OLP_\(Self.shouted(caller))_PEER_\(Self.shouted(service))"] = "file://\(folder.file(service))"
            }
        }
        return variables
    }

    /// Lets whatever is said stay on the way until `heal`; nobody is told, and what was said before arrives late.
    func part(_ part: Part) { treat(.init(isStalled: true), part) }

    /// Lets whatever is said take so much longer.
    func delay(_ duration: Duration, _ part: Part) { treat(.init(delay: duration), part) }

    /// Lets whatever is answered stay on the way until `heal`; what is asked arrives.
    func mute(_ part: Part) { treat(.init(isStalled: true), part, of: [.toClient]) }

    /// Resets the connections, once.
    func cut(_ part: Part) {
        for (called, proxy) in proxies { proxy.cut(resetting: true, whose: choice(part, called)) }
    }

    func heal() { for proxy in proxies.values { proxy.heal() } }

    /// How often somebody was found whose calls something was done to.
    var hits: Int { hitCount.withLock { $0 } }

    /// Processes that nobody has called through their proxy.
    var uncalled: [String] { proxies.filter { $0.value.accepted == 0 }.keys.sorted() }

    private func treat(
        _ treatment: FaultProxy.Treatment, _ part: Part, of ways: Set<FaultProxy.Way> = Set(FaultProxy.Way.allCases)
    ) {
        for (called, proxy) in proxies { proxy.treat(treatment, of: ways, whose: choice(part, called)) }
    }

    /// Which of the processes that are connected to a proxy belong to a part.
    private func choice(_ part: Part, _ called: String) -> @Sendable (Set<Int>) -> Set<Int> {
        { [self] callers in
            let chosen = callers.filter { isIn(part, caller: $0, called) }
            hitCount.withLock { $0 += chosen.count }
            return chosen
        }
    }

    private func isIn(_ part: Part, caller: Int, _ called: String) -> Bool {
        switch part {
        case .of(called): true
        case .of(let name): self.name(of: caller) == name
        case .between(let name, called): self.name(of: caller) == name
        case .between: false
        }
    }

    private func name(of process: Int) -> String? { state()?.services.first { $0.pid.map(Int.init) == process }?.name }

    /// Where a process listens. It has the same path in each of the suite's lives.
    private static func socket(of process: String, _ state: RunningSuite.State?) -> String? {
        let endpoint = state?.services.first { $0.name == process }?.endpoint
        return endpoint.map { String($0.trimmingPrefix("ipc://")) }
    }

    private static func shouted(_ name: String) -> String { name.uppercased().replacing("-", with: "_") }
}
