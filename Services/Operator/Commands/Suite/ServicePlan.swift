package import ChildProcess

/// One process of the suite: how it is started and how one sees that it works.
package struct ServicePlan: Sendable {
    package let replica: Replica
    /// Where it takes calls; nil if it takes none over RPC.
    package let endpoint: String?
    /// Where it takes requests over HTTP; nil for all but gateways.
    package let url: String?
    package let log: String
    /// How to start it, given a free port for its health and metrics.
    package let launch: @Sendable (_ adminPort: Int) -> Launch

    package var name: String { replica.name }

    package init(
        _ replica: Replica, endpoint: String?, url: String? = nil, log: String,
        launch: @escaping @Sendable (_ adminPort: Int) -> Launch
    ) {
        self.replica = replica
        self.endpoint = endpoint
        self.url = url
        self.log = log
        self.launch = launch
    }
}

/// What the supervisor has to tell.
package enum SuiteEvent: Hashable, Sendable {
    case started(name: String, pid: Int32, adminPort: Int)
    case ready(name: String, after: Duration)
    /// Died although nobody asked it to.
    case died(name: String, how: ExitStatus, restartIn: Duration)
    case cannotStart(name: String, reason: String, restartIn: Duration)
    /// Did not stop when it was asked to.
    case killed(name: String, after: Duration)
    case stopped(name: String)

    package var name: String {
        switch self {
        case .started(let name, _, _), .ready(let name, _), .died(let name, _, _), .cannotStart(let name, _, _),
            .killed(let name, _), .stopped(let name):
            name
        }
    }
}
