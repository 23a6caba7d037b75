package import Contracts
import RPC
import Synchronization

/// Changes how many processes of a service a running suite has, and restarts them, without a call being lost: a process
/// is called once it is ready, and takes no new calls before it stops.
package final class Fleet: Sendable {
    /// Told each step; it may be that nobody hears it any more.
    package typealias Telling = @Sendable (SuiteV1.ReplicaStep) async -> Void

    private let plan: SuitePlan
    private let supervisor: Supervisor
    private let recorder: SuiteRecorder
    private let peers: PeerLists
    private let makeKeeper: @Sendable (ServicePlan) -> Keeper
    private let isChanging = Mutex(false)

    package init(
        plan: SuitePlan, supervisor: Supervisor, recorder: SuiteRecorder, peers: PeerLists,
        makeKeeper: @escaping @Sendable (ServicePlan) -> Keeper
    ) {
        self.plan = plan
        self.supervisor = supervisor
        self.recorder = recorder
        self.peers = peers
        self.makeKeeper = makeKeeper
    }

    /// Starts or stops processes until there are as many as wanted.
    package func scale(_ counts: ReplicaCounts, tell: Telling) async throws(Failure) {
        for (service, count) in counts.inOrder {
            if let refusal = plan.refusal(of: count, for: service) { throw refusal }
        }
        try begin()
        defer { isChanging.withLock { $0 = false } }
        for (service, count) in counts.inOrder {
            let there = running(service)
            for replica in Replica.missing(service, of: count, beside: there.map(\.plan.replica)) {
                try await start(plan.process(replica), tell)
            }
            for replica in Replica.surplus(over: count, among: there.map(\.plan.replica)) {
                for keeper in there where keeper.plan.replica == replica { try await remove(keeper, tell) }
            }
        }
    }

    /// Starts each process of these services anew, one after the other. One that is alone gets company for as long as
    /// that lasts, if it can have any.
    package func restart(_ services: [String], tell: Telling) async throws(Failure) {
        for service in services where !SuitePlan.all.contains(service) {
            throw Failure(
                .usage, "there is no service \"\(service)\"", advice: "There are \(SuitePlan.all.joined(separator: ", ")).")
        }
        try begin()
        defer { isChanging.withLock { $0 = false } }
        for service in services {
            let there = running(service)
            var spare: Keeper?
            if there.count == 1, plan.refusal(of: 2, for: service) == nil {
                let replica = Replica.missing(service, of: 2, beside: there.map(\.plan.replica))[0]
                spare = try await start(plan.process(replica), tell)
            }
            for keeper in there {
                try await stop(keeper, isAlone: there.count == 1 && spare == nil, tell)
                try await start(keeper.plan, tell)
            }
            if let spare { try await remove(spare, tell) }
        }
    }

    // MARK: Steps

    private func begin() throws(Failure) {
        guard recorder.ready.isOpen else {
            throw Failure(.status(StatusCode.unavailable.rawValue), "the suite is still starting", advice: "Try again soon.")
        }
        let isFree = isChanging.withLock { isChanging in
            defer { isChanging = true }
            return !isChanging
        }
        guard isFree else {
            throw Failure(
                .status(StatusCode.aborted.rawValue), "the suite is being changed by somebody else",
                advice: "Try again when that is done.")
        }
    }

    /// Those of a service, by their numbers.
    private func running(_ service: String) -> [Keeper] {
        supervisor.keepers.filter { $0.plan.replica.service == service }
            .sorted { $0.plan.replica.place < $1.plan.replica.place }
    }

    @discardableResult
    private func start(_ process: ServicePlan, _ tell: Telling) async throws(Failure) -> Keeper {
        if Task.isCancelled { throw Self.interrupted }
        await tell(Self.step(process, .starting))
        LogFile.rotate(process.log)
        recorder.add(SuiteState.Service(process))
        let keeper = makeKeeper(process)
        let start = ContinuousClock.now
        do throws(Failure) {
            try await supervisor.start(keeper)
        } catch {
            if let endpoint = process.endpoint { try? peers.remove(endpoint, from: process.replica.service) }
            recorder.remove(process.name)
            throw error
        }
        if let endpoint = process.endpoint { try peers.add(endpoint, to: process.replica.service) }
        await tell(Self.step(process, .ready, took: .now - start))
        return keeper
    }

    private func remove(_ keeper: Keeper, _ tell: Telling) async throws(Failure) {
        try await stop(keeper, isAlone: false, tell)
        recorder.remove(keeper.plan.name)
    }

    /// - Parameter isAlone: nobody else does its work, so callers wait for its return instead of being told that there is
    ///   nobody.
    private func stop(_ keeper: Keeper, isAlone: Bool, _ tell: Telling) async throws(Failure) {
        if Task.isCancelled { throw Self.interrupted }
        let process = keeper.plan
        await tell(Self.step(process, .draining))
        if !isAlone, let endpoint = process.endpoint { try peers.remove(endpoint, from: process.replica.service) }
        let start = ContinuousClock.now
        await supervisor.stop(keeper)
        await tell(Self.step(process, .stopped, took: .now - start))
    }

    private static var interrupted: Failure { Failure(.interrupted, "the change was cancelled before it was done") }

    private static func step(
        _ process: ServicePlan, _ phase: SuiteV1.ReplicaPhase, took: Duration? = nil
    ) -> SuiteV1.ReplicaStep {
        SuiteV1.ReplicaStep(
            process: process.name, service: process.replica.service, phase: phase,
            took: took.map { GoogleProtobuf.Duration($0) })
    }
}
