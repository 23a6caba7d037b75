/// One thing that is done to a suite.
struct Fault: Hashable, Sendable {
    enum Victim: Hashable, Sendable {
        /// One by its name, such as "enrolment-2".
        case process(String)
        /// Whichever process of a service follows the others' feeds when it comes to it.
        case follower(of: String)
        case database
        /// All processes of the suite, its supervisor too.
        case everything
    }

    enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Ended without warning (SIGKILL). What is supervised starts again by itself, the database when the fault ends.
        case kill
        /// Stands still (SIGSTOP), then goes on as if nothing had been.
        case stop
        /// Asked to end, and started again.
        case restart
        /// Ended without warning for good; another that has all it had takes its place.
        case failover
        /// What is sent between it and the database, or the database and everybody, arrives only afterwards; connections
        /// stay open.
        case partition
        /// Every connection to the database is reset, once.
        case cut
        /// What is sent so takes longer.
        case delay
    }

    /// Since the beginning of the run.
    let at: Duration
    let kind: Kind
    let victim: Victim
    /// Zero for what happens at a moment.
    let lasts: Duration

    var ends: Duration { at + lasts }
    var isOfNetwork: Bool { [.partition, .cut, .delay].contains(kind) }
}

extension Fault: CustomStringConvertible {
    var description: String {
        "at \(Self.seconds(at)) \(kind) \(victim)" + (lasts > .zero ? " for \(Self.seconds(lasts))" : "")
    }

    static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        let rest = String(1000 + milliseconds % 1000).dropFirst()
        return "\(milliseconds / 1000).\(rest) s"
    }
}

extension Fault.Victim: CustomStringConvertible {
    /// For counting.
    var sort: String {
        switch self {
        case .process: "processes"
        case .follower: "followers"
        case .database, .everything: description
        }
    }

    var description: String {
        switch self {
        case .process(let name): name
        case .follower(let service): "the follower of \(service)"
        case .database: "the database"
        case .everything: "everything"
        }
    }
}
