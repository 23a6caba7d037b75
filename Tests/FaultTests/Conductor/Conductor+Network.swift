import TestSupport

/// What is done to the network.
extension Conductor {
    /// - Parameter process: between whom and the database; nil: everybody.
    func spoilWayToDatabase(_ fault: Fault, _ process: Int32?) async throws {
        guard let database else { throw CannotBeDone(fault: fault) }
        switch fault.kind {
        case .partition: database.part(process)
        case .delay: database.delay(Self.slowness, process)
        case .cut: database.cut()
        case .mute, .kill, .stop, .restart, .failover: throw CannotBeDone(fault: fault)
        }
        defer { database.heal() }
        try await last(fault)
    }

    /// Between processes of the suite.
    func carryOut(_ fault: Fault, on part: SuiteNetwork.Part) async throws {
        guard let network, let process = fault.victim.process else { throw CannotBeDone(fault: fault) }
        try await inTurn(fault, [process, "network"]) {
            chronicle.note("\(fault)")
            switch fault.kind {
            case .partition: network.part(part)
            case .delay: network.delay(Self.slowness, part)
            case .cut: network.cut(part)
            case .mute: network.mute(part)
            case .kill, .stop, .restart, .failover: throw CannotBeDone(fault: fault)
            }
            defer { network.heal() }
            try await last(fault)
            if fault.kind == .mute { network.cut(part) }
            chronicle.note("\(fault.victim) are well again")
        }
    }
}
