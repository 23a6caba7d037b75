import Values

/// What is done to a suite, to whom, when and for how long: decided by the seed and the topology alone.
///
/// A plan is harsh, not hopeless, so that clients must get on: of a service with several processes one at least is left
/// alone at any moment, a service with one is given time to get up again, and nothing lasts longer than ``longest``.
struct FaultPlan: Hashable, Sendable {
    /// The longest that one fault lasts.
    static let longest = Duration.milliseconds(6000)
    /// How long whoever had to start again counts as down afterwards.
    static let recovery = Duration.milliseconds(6000)
    /// How long everything counts as down after all of it was killed.
    static let recoveryOfAll = Duration.milliseconds(12_000)
    /// The same after a failover: another standby has to be made.
    static let recoveryOfFailover = Duration.milliseconds(12_000)
    /// In each of so long everything is killed once.
    static let betweenCrashes = Duration.seconds(60)
    /// So often is a process ended before it is left in peace for ``peace``: its supervisor waits twice as long each time.
    static let endsInARow = 4
    static let peace = Duration.seconds(75)

    /// So often is drawn for each moment.
    static let draws = 8

    let length: Duration
    /// By the time at which they begin.
    let faults: [Fault]

    init(seed: UInt64, topology: Topology, length: Duration) {
        var random = SeededGenerator(seed: seed, purpose: "faults \(topology.engine)")
        var sketch = PlanSketch(topology: topology)
        // First, because all others have to keep out of their way.
        var beginning = Duration.zero
        while beginning + Self.betweenCrashes <= length {
            sketch.add(.init(
                at: beginning + .milliseconds(Int.random(in: 25_000...45_000, using: &random)), kind: .kill,
                victim: .everything, lasts: .zero))
            beginning += Self.betweenCrashes
        }
        var now = Duration.seconds(1)
        while now < length {
            // Most of what is drawn for somebody who is not up again may not be.
            for _ in 0..<Self.draws {
                guard let fault = sketch.fault(at: now, before: length, using: &random) else { continue }
                sketch.add(fault)
                break
            }
            now += .milliseconds(Int.random(in: 300...2200, using: &random))
        }
        self.length = length
        faults = sketch.faults.sorted { $0.at < $1.at }
    }

    var lines: String { faults.map { "  \($0)\n" }.joined() }
}

/// A plan while it is made.
struct PlanSketch {
    /// A time in which somebody counts as down.
    private struct Downtime {
        let victim: Fault.Victim
        let service: String?
        let isOfNetwork: Bool
        let from: Duration
        let until: Duration

        func overlaps(_ from: Duration, _ until: Duration) -> Bool { self.from < until && from < self.until }
    }

    private struct Choice {
        let kind: Fault.Kind
        let victim: Fault.Victim
        /// Milliseconds.
        let lasts: ClosedRange<Int>
        let weight: Int
    }

    private let topology: Topology
    private let choices: [Choice]
    private(set) var faults: [Fault] = []
    private var downtimes: [Downtime] = []

    init(topology: Topology) {
        self.topology = topology
        choices = Self.choices(topology)
    }

    private static func choices(_ topology: Topology) -> [Choice] {
        let processes = topology.services.flatMap(topology.processes).flatMap { name in
            [
                Choice(kind: .kill, victim: .process(name), lasts: 0...0, weight: 4),
                Choice(kind: .restart, victim: .process(name), lasts: 0...0, weight: 2),
                Choice(kind: .stop, victim: .process(name), lasts: 200...4000, weight: 3),
            ]
        }
        // Longer than it takes until others take over.
        let followers = topology.followers.map { service in
            Choice(kind: .stop, victim: .follower(of: service), lasts: 3200...6000, weight: 8)
        }
        // Cut off from the database by itself, while the others go on.
        let alone = topology.services.filter { $0 != "gateway" }.flatMap(topology.processes).flatMap { name in
            [
                Choice(kind: .partition, victim: .process(name), lasts: 500...5000, weight: 3),
                Choice(kind: .delay, victim: .process(name), lasts: 1000...5000, weight: 1),
            ]
        } + topology.followers.map { service in
            Choice(kind: .partition, victim: .follower(of: service), lasts: 3200...6000, weight: 8)
        }
        let calls = calls(topology)
        guard topology.engine == .postgres else { return processes + calls }
        return processes + calls + followers + alone + [
            Choice(kind: .kill, victim: .database, lasts: 0...2000, weight: 8),
            Choice(kind: .failover, victim: .database, lasts: 0...0, weight: 8),
            Choice(kind: .restart, victim: .database, lasts: 0...0, weight: 6),
            Choice(kind: .stop, victim: .database, lasts: 500...4000, weight: 6),
            Choice(kind: .partition, victim: .database, lasts: 500...5000, weight: 12),
            Choice(kind: .cut, victim: .database, lasts: 0...0, weight: 14),
            Choice(kind: .delay, victim: .database, lasts: 1000...5000, weight: 8),
        ]
    }

    /// Between processes of the suite.
    private static func calls(_ topology: Topology) -> [Choice] {
        topology.services.flatMap(topology.processes).flatMap { name in
            [
                Choice(kind: .partition, victim: .calls(of: name), lasts: 500...6000, weight: 4),
                Choice(kind: .delay, victim: .calls(of: name), lasts: 1000...5000, weight: 2),
                Choice(kind: .cut, victim: .calls(of: name), lasts: 0...0, weight: 2),
                Choice(kind: .mute, victim: .calls(of: name), lasts: 200...3000, weight: 3),
            ]
        } + topology.pairs.flatMap { caller, called in
            [
                Choice(kind: .partition, victim: .pair(from: caller, to: called), lasts: 500...6000, weight: 1),
                Choice(kind: .mute, victim: .pair(from: caller, to: called), lasts: 200...3000, weight: 1),
            ]
        }
    }

    /// A fault that may begin now; nil if what was drawn may not.
    func fault(at now: Duration, before end: Duration, using random: inout SeededGenerator) -> Fault? {
        let total = choices.reduce(0) { $0 + $1.weight }
        var drawn = Int.random(in: 0..<total, using: &random)
        guard let choice = choices.first(where: { choice in
            defer { drawn -= choice.weight }
            return drawn < choice.weight
        }) else { return nil }
        let lasts = Duration.milliseconds(Int.random(in: choice.lasts, using: &random))
        let fault = Fault(at: now, kind: choice.kind, victim: choice.victim, lasts: lasts)
        return fault.ends <= end && isAllowed(fault) ? fault : nil
    }

    mutating func add(_ fault: Fault) {
        faults.append(fault)
        downtimes.append(downtime(of: fault))
    }

    private func downtime(of fault: Fault) -> Downtime {
        let service: String? =
            if case .follower(let service) = fault.victim { service } else { fault.victim.process.map(topology.service) }
        let recovery: Duration = switch (fault.victim, fault.kind) {
        case (.everything, _): FaultPlan.recoveryOfAll
        case (_, .failover): FaultPlan.recoveryOfFailover
        case (_, .kill), (_, .restart): FaultPlan.recovery
        case (.process, _), (.follower, _): .seconds(1)
        // Those who gave up wait before they dial again.
        case (.calls, _), (.pair, _): .seconds(2)
        case (.database, _): .seconds(3)
        }
        return Downtime(
            victim: fault.victim, service: service, isOfNetwork: fault.isOfNetwork, from: fault.at,
            until: fault.ends + recovery)
    }

    private func isAllowed(_ fault: Fault) -> Bool {
        let wanted = downtime(of: fault)
        let others = downtimes.filter { $0.overlaps(wanted.from, wanted.until) }
        if others.contains(where: { $0.victim == .everything || $0.victim == fault.victim }) { return false }
        // There is one network, in which one thing at a time is wrong.
        if fault.isOfNetwork, others.contains(where: \.isOfNetwork) { return false }
        let down = others.filter { $0.service == wanted.service }
        switch fault.victim {
        case .everything, .database: return true
        case .follower: return down.isEmpty
        case .process, .calls, .pair:
            guard let name = fault.victim.process else { return false }
            // A follower may be any of them.
            if down.contains(where: { $0.victim.process == nil || $0.victim.process == name }) { return false }
            let left = topology.count(of: wanted.service ?? "") - 1
            let mayBeDown = left == 0 ? 1 : left
            return down.count < mayBeDown && (![.kill, .restart].contains(fault.kind) || mayEnd(name, at: fault.at))
        }
    }

    /// Whether a process may be ended again: see ``FaultPlan/endsInARow``.
    private func mayEnd(_ name: String, at moment: Duration) -> Bool {
        var row = 0
        var last: Duration?
        for fault in faults.sorted(by: { $0.at < $1.at }) where fault.at <= moment {
            if fault.victim == .everything {
                (row, last) = (0, nil)
            } else if fault.victim == .process(name), fault.kind == .kill || fault.kind == .restart {
                row = last.map { fault.at - $0 < FaultPlan.peace } == true ? row + 1 : 1
                last = fault.at
            }
        }
        guard let last, moment - last < FaultPlan.peace else { return true }
        return row < FaultPlan.endsInARow
    }
}
