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
    let network: SuiteNetwork?
    let journal: Journal
    let chronicle: Chronicle
    let turns = Turns()

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
            // What fails first ends the rest.
            for try await _ in group {}
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
        case .everything: try await crash()
        case .process(let name):
            try await carryOut(fault) { try await SuiteProcesses(lives).process(name) }
        case .follower(let service):
            try await carryOut(fault) { try await SuiteProcesses(lives).follower(of: service) }
        case .calls(let name): try await carryOut(fault, on: .of(name))
        case .pair(let caller, let called):
            try await carryOut(fault, on: .between(caller: caller, called: called))
        case .database:
            try await inTurn(fault, fault.isOfNetwork ? ["database", "network"] : ["database"]) {
                try await carryOutOnDatabase(fault)
            }
        }
    }

    /// Does it unless whom it is for is busy.
    func inTurn(_ fault: Fault, _ names: Set<String>, _ body: () async throws -> Void) async throws {
        guard turns.take(names) else { return chronicle.note("left out, it is too early: \(fault)") }
        defer { turns.giveBack(names) }
        try await body()
    }

    /// Waits until everybody is well, as a suite on a database that is away would not get up.
    private func crash() async throws {
        try await poll(until: "everybody to be well", timeout: RunningSuite.patience) { turns.takeAll() }
        defer { turns.giveBackAll() }
        chronicle.note("kills everything")
        try await lives.crash()
        chronicle.note("everything is up again")
    }

    private func carryOut(
        _ fault: Fault, on find: () async throws -> SuiteProcesses.Process
    ) async throws {
        let process: SuiteProcesses.Process
        do {
            process = try await find()
        } catch let error as PollTimeout {
            turns.noteLeftOut()
            return chronicle.note("left out, \(error): \(fault)")
        }
        try await inTurn(fault, fault.isOfNetwork ? [process.name, "network"] : [process.name]) {
            try await carryOut(fault, on: process)
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
        case .failover, .mute: throw CannotBeDone(fault: fault)
        case .partition, .cut, .delay:
            try await spoilWayToDatabase(fault, process.pid)
            chronicle.note("\(process.name) is well again")
        }
    }

    private func carryOutOnDatabase(_ fault: Fault) async throws {
        guard let database else { throw CannotBeDone(fault: fault) }
        chronicle.note("\(fault)")
        switch fault.kind {
        case .mute: throw CannotBeDone(fault: fault)
        case .kill:
            try await database.kill()
            try await last(fault)
            try await database.start()
        case .restart: try await database.restart()
        case .failover: try await database.failOver()
        case .cut, .partition, .delay: try await spoilWayToDatabase(fault, nil)
        case .stop:
            database.freeze()
            defer { database.thaw() }
            try await last(fault)
        }
        chronicle.note("the database is well again")
    }

    /// Returns when the fault has lasted as long as it was to.
    func last(_ fault: Fault) async throws {
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
