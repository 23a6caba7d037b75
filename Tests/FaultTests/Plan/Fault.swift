/// One thing that is done to a suite.
struct Fault: Hashable, Sendable {
    enum Victim: Hashable, Sendable {
        /// One by its name, such as "enrolment-2".
        case process(String)
        /// Whichever process of a service follows the others' feeds when it comes to it.
        case follower(of: String)
        /// What a process says to those that it calls or that call it, and they to it.
        case calls(of: String)
        /// What a process says to one that it calls, and back.
        case pair(from: String, to: String)
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
        /// What is sent between a process and the database, between the database and everybody, or in calls, arrives only
        /// afterwards; connections stay open.
        case partition
        /// Every such connection is reset, once.
        case cut
        /// What is sent so takes longer.
        case delay
        /// What is answered in calls does not arrive, and when it is over the connections are reset: what was asked is done,
        /// and whoever asked does not know.
        case mute
    }

    /// Since the beginning of the run.
    let at: Duration
    let kind: Kind
    let victim: Victim
    /// Zero for what happens at a moment.
    let lasts: Duration

    var ends: Duration { at + lasts }
    var isOfNetwork: Bool { [.partition, .cut, .delay, .mute].contains(kind) }
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
    /// The process, by its name, that is less well while it lasts; nil: all of them, or which one is not known yet.
    var process: String? {
        switch self {
        case .process(let name), .calls(of: let name), .pair(from: _, to: let name): name
        case .follower, .database, .everything: nil
        }
    }

    /// Whether it is what processes of the suite say to each other.
    var isCalls: Bool {
        switch self {
        case .calls, .pair: true
        case .process, .follower, .database, .everything: false
        }
    }

    /// For counting.
    var sort: String {
        switch self {
        case .process: "processes"
        case .follower: "followers"
        case .calls: "calls of a process"
        case .pair: "calls of a pair"
        case .database, .everything: description
        }
    }

    var description: String {
        switch self {
        case .process(let name): name
        case .follower(let service): "the follower of \(service)"
        case .calls(of: let name): "the calls of \(name)"
        case .pair(from: let caller, to: let called): "the calls from \(caller) to \(called)"
        case .database: "the database"
        case .everything: "everything"
        }
    }
}
