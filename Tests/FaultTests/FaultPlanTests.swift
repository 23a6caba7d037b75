import TestSupport
import Testing

@Suite("Plan of faults")
struct FaultPlanTests {
    static let topologies = [Topology.files, .database]
    static let length = Duration.seconds(180)

    private func plans(_ topology: Topology) -> [FaultPlan] {
        var random = Seed.generator(for: "Plan of faults")
        return (0..<50).map { _ in FaultPlan(seed: random.next(), topology: topology, length: Self.length) }
    }

    @Test("is the same for the same seed, and another for another", arguments: topologies)
    func replays(topology: Topology) {
        let one = FaultPlan(seed: 7, topology: topology, length: Self.length)
        #expect(one == FaultPlan(seed: 7, topology: topology, length: Self.length))
        #expect(one != FaultPlan(seed: 8, topology: topology, length: Self.length))
        #expect(one.lines.contains("everything"))
    }

    @Test("does something every few seconds, and everything that can be done in the long run", arguments: topologies)
    func variety(topology: Topology) {
        let plans = plans(topology)
        for plan in plans {
            #expect(plan.faults.count >= Int(Self.length / .seconds(1)) / 6, "\(plan.lines)")
            #expect(plan.faults.allSatisfy { $0.at >= .zero && $0.ends <= plan.length && $0.lasts <= FaultPlan.longest })
            #expect(plan.faults.count { $0.victim == .everything } == 3)
        }
        let all = plans.flatMap(\.faults)
        var kinds = Set(Fault.Kind.allCases)
        if topology.engine == .sqlite { kinds.remove(.failover) }
        #expect(Set(all.map(\.kind)) == kinds)
        let victims = Set(all.map(\.victim))
        #expect(topology.services.flatMap(topology.processes).allSatisfy { victims.contains(.process($0)) })
        #expect(topology.services.flatMap(topology.processes).allSatisfy { victims.contains(.calls(of: $0)) })
        let pairs = victims.compactMap { victim -> [String]? in
            guard case .pair(let caller, let called) = victim else { return nil }
            return [topology.service(of: caller), topology.service(of: called)]
        }
        #expect(Set(pairs) == Set(Topology.calls.flatMap { caller, called in called.map { [caller, $0] } }))
        let ofCalls = Set(all.filter(\.victim.isCalls).map(\.kind))
        #expect(ofCalls == [.partition, .delay, .cut, .mute])
        #expect(victims.contains(.database) == (topology.engine == .postgres))
        #expect(topology.followers.allSatisfy { victims.contains(.follower(of: $0)) })
    }

    @Test("leaves one process of each service that has several alone at any moment", arguments: topologies)
    func majority(topology: Topology) {
        for plan in plans(topology) {
            let faults = plan.faults.filter { $0.victim != .everything }
            for moment in stride(from: 0, to: 180, by: 0.5).map({ Duration.seconds($0) }) {
                let hit = faults.filter { $0.at <= moment && moment < downUntil($0) }
                for service in topology.services where topology.count(of: service) > 1 {
                    let ofService = hit.filter { self.service(of: $0, topology) == service }
                    let down = Set(ofService.map { $0.victim.process ?? $0.victim.description })
                    #expect(down.count < topology.count(of: service), "\(moment): \(hit)\n\(plan.lines)")
                }
            }
        }
    }

    @Test("does nothing to whoever is not up again, and nothing else while everything is down", arguments: topologies)
    func spacing(topology: Topology) {
        for plan in plans(topology) {
            for (index, fault) in plan.faults.enumerated() {
                let overlapping = plan.faults[..<index].filter { downUntil($0) > fault.at }
                #expect(!overlapping.contains { $0.victim == fault.victim }, "\(fault)\n\(plan.lines)")
                let process = fault.victim.process
                #expect(process == nil || !overlapping.contains { $0.victim.process == process }, "\(fault)\n\(plan.lines)")
                #expect(!fault.isOfNetwork || !overlapping.contains(where: \.isOfNetwork), "\(fault)\n\(plan.lines)")
                #expect(!overlapping.contains { $0.victim == .everything }, "\(fault)\n\(plan.lines)")
                #expect(fault.victim != .everything || overlapping.isEmpty, "\(fault)\n\(plan.lines)")
            }
        }
    }

    @Test("gives a process peace after a few ends, because its supervisor waits longer each time", arguments: topologies)
    func peace(topology: Topology) {
        for plan in plans(topology) {
            for process in topology.services.flatMap(topology.processes) {
                var row = 0
                var last: Duration?
                for fault in plan.faults {
                    if fault.victim == .everything {
                        (row, last) = (0, nil)
                    } else if fault.victim == .process(process), [.kill, .restart].contains(fault.kind) {
                        row = last.map { fault.at - $0 < FaultPlan.peace } == true ? row + 1 : 1
                        last = fault.at
                        #expect(row <= FaultPlan.endsInARow, "\(fault)\n\(plan.lines)")
                    }
                }
            }
        }
    }

    private func service(of fault: Fault, _ topology: Topology) -> String? {
        if case .follower(let service) = fault.victim { return service }
        return fault.victim.process.map(topology.service)
    }

    /// Until when whoever was hit counts as down.
    private func downUntil(_ fault: Fault) -> Duration {
        switch (fault.victim, fault.kind) {
        case (.everything, _): fault.at + FaultPlan.recoveryOfAll
        case (_, .failover): fault.at + FaultPlan.recoveryOfFailover
        case (_, .kill), (_, .restart): fault.ends + FaultPlan.recovery
        default: fault.ends
        }
    }
}
