/// What a suite consists of while things are done to it.
struct Topology: Hashable, Sendable {
    enum Engine: String, Hashable, Sendable {
        case sqlite, postgres
    }

    let engine: Engine
    /// How many processes a service has; one that is not in it has one, which has no number.
    let replicas: [String: Int]
    /// In the order in which they depend on each other.
    let services: [String]

    /// One process a service, each with a file of its own.
    static let files = Topology(engine: .sqlite, replicas: [:])
    /// Many processes on one database.
    static let database = Topology(
        engine: .postgres, replicas: ["enrolment": 3, "training-events": 2, "diagnostics": 2, "gateway": 2])

    init(
        engine: Engine, replicas: [String: Int],
        services: [String] = ["partnership", "enrolment", "training-events", "diagnostics", "gateway"]
    ) {
        self.engine = engine
        self.replicas = replicas
        self.services = services
    }

    func count(of service: String) -> Int { replicas[service] ?? 1 }

    /// The names of a service's processes.
    func processes(of service: String) -> [String] {
        guard let count = replicas[service] else { return [service] }
        return (1...count).map { "\(service)-\($0)" }
    }

    func service(of process: String) -> String {
        services.first { processes(of: $0).contains(process) } ?? process
    }

    /// Services of which one process at a time follows feeds, by a claim that passes on.
    var followers: [String] {
        engine == .postgres ? services.filter { $0 != "gateway" && count(of: $0) > 1 && $0 != "enrolment" } : []
    }

    /// Which services a service calls.
    static let calls = [
        "partnership": ["enrolment", "training-events"],
        "enrolment": ["partnership"],
        "training-events": ["enrolment"],
        "diagnostics": ["enrolment"],
        "gateway": ["partnership", "enrolment", "training-events", "diagnostics"],
    ]

    /// Whom each process calls.
    var pairs: [(caller: String, called: String)] {
        services.flatMap { service in
            (Self.calls[service] ?? []).flatMap { other in
                processes(of: service).flatMap { caller in processes(of: other).map { (caller, $0) } }
            }
        }
    }

    /// For `olp up`.
    var arguments: [String] {
        let words = services.compactMap { service in replicas[service].map { "\(service)=\($0)" } }
        return words.isEmpty ? [] : ["--replicas", words.joined(separator: ",")]
    }
}
