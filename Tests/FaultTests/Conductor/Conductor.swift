import SuiteSupport
import TestSupport

/// Carries a plan of faults out on a suite at which clients work.
struct Conductor {
    /// Writes that may be begun beyond the answers there are, in each ``beat``: what a suite is asked to do at most.
    static let underWay = 6
    static let beat = Duration.milliseconds(100)
    /// How much longer everything sent takes on a slow network.
    static let slowness = Duration.milliseconds(120)

    let plan: FaultPlan
    let lives: SuiteLives
    let database: (any DatabaseFaults)?
    let journal: Journal
    let chronicle: Chronicle

    /// Returns when the plan is done and all that it did is undone.
    func run() async throws {
        try await withThrowingTaskGroup { group in
            for fault in plan.faults {
                group.addTask {
                    try await poll(until: "\(fault)", timeout: plan.length * 2, interval: .milliseconds(5)) {
                        chronicle.now >= fault.at
                    }
                    try await carryOut(fault)
                }
            }
            group.addTask { try await keepPace() }
            try await group.waitForAll()
        }
    }

    /// Lets clients work until the plan's end; hears what they find wrong.
    private func keepPace() async throws {
        try await poll(until: "the end of the plan", timeout: plan.length * 2, interval: Self.beat) {
            try journal.check()
            journal.allow(Self.underWay)
            chronicle.note(answers: journal.count)
            return chronicle.now >= plan.length
        }
    }

    private func carryOut(_ fault: Fault) async throws {
        switch fault.victim {
        case .everything:
            chronicle.note("kills everything")
            try await lives.crash()
            chronicle.note("everything is up again")
        case .process(let name): try await carryOut(fault, on: SuiteProcesses(lives).process(name))
        case .follower(let service):
            let process = try await SuiteProcesses(lives).follower(of: service)
            try await carryOut(fault, on: process)
        case .database: try await carryOutOnDatabase(fault)
        }
    }

    private func carryOut(_ fault: Fault, on process: SuiteProcesses.Process) async throws {
        chronicle.note("\(fault.kind) \(process.name), process \(process.pid), as \(fault)")
        switch fault.kind {
        case .kill: process.kill()
        case .restart: process.terminate()
        case .stop:
            process.stop()
            defer {
                process.goOn()
                chronicle.note("\(process.name) goes on")
            }
            try await last(fault)
        case .partition, .cut, .delay:
            try await spoilNetwork(fault, process.pid)
            chronicle.note("\(process.name) is well again")
        }
    }

    /// - Parameter process: between whom and the database; nil: everybody.
    private func spoilNetwork(_ fault: Fault, _ process: Int32?) async throws {
        guard let database else { throw CannotBeDone(fault: fault) }
        switch fault.kind {
        case .partition: database.part(process)
        case .delay: database.delay(Self.slowness, process)
        case .cut: database.cut()
        case .kill, .stop, .restart: throw CannotBeDone(fault: fault)
        }
        defer { database.heal() }
        try await last(fault)
    }

    private func carryOutOnDatabase(_ fault: Fault) async throws {
        guard let database else { throw CannotBeDone(fault: fault) }
        chronicle.note("\(fault)")
        switch fault.kind {
        case .kill:
            try await database.kill()
            try await last(fault)
            try await database.start()
        case .restart: try await database.restart()
        case .cut, .partition, .delay: try await spoilNetwork(fault, nil)
        case .stop:
            database.freeze()
            defer { database.thaw() }
            try await last(fault)
        }
        chronicle.note("the database is well again")
    }

    /// Returns when the fault has lasted as long as it was to.
    private func last(_ fault: Fault) async throws {
        let end = chronicle.now + fault.lasts
        try await poll(until: "the end of \(fault)", timeout: plan.length * 2, interval: .milliseconds(5)) {
            chronicle.now >= end
        }
    }

    struct CannotBeDone: Error, CustomStringConvertible {
        let fault: Fault
        var description: String { "nobody here can do this: \(fault)" }
    }
}
