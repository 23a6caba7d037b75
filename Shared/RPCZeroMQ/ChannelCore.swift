import RPC
import Wire
import ZeroMQ

/// A channel's replicas, and the calls that wait for one. It lives on the I/O thread.
final class ChannelCore {
    /// A call that waits for a replica.
    private struct WaitingCall {
        let call: ZeroMQClientCall
        let head: CallHead
        let frame: OutgoingFrame
        /// The call's deadline.
        let timer: LoopTimer?
    }

    /// What connections are made with.
    struct Making {
        let thread: IOThread
        let context: Context
        let identity: ProcessIdentity
        let limits: ConnectionLimits
        let jitter: () -> Double
        /// A random number below its argument.
        let random: (Int) -> Int
        /// What a connection is secured with; the error says why it must not be made.
        let security: (Endpoint) throws(SecurityProblem) -> DialSecurity
    }

    let making: Making
    private let target: String
    private let resolver: any Resolver
    private var balancer: Balancer
    /// In the order of the target's list; those that left it, last.
    private var connections: [ClientConnection] = []
    private var waiting: [WaitingCall] = []
    /// Frames of streams whose call still waits.
    private var held: [ObjectIdentifier: [OutgoingFrame]] = [:]
    private var lastReplica: UInt64 = 0
    /// Nobody dials before somebody calls.
    private var isWanted = false
    private var isClosed = false
    /// Why it is not known who the replicas are; nil: it is, or will be soon.
    private var listFailure: String?

    init(to target: String, _ resolver: any Resolver, _ policy: BalancingPolicy, _ making: Making) {
        self.target = target
        self.resolver = resolver
        self.making = making
        balancer = Balancer(policy, firstTurn: making.random(Target.maximumReplicas))
    }

    /// - Parameter own: what calls hold.
    func open(_ own: Confined<ChannelCore>) {
        resolver.start { [weak own] list in own?.perform { $0.resolved(list) } }
    }

    // MARK: Who the replicas are

    private func resolved(_ list: Result<[String], RPCError>) {
        guard !isClosed else { return }
        switch list {
        case .failure(let error):
            // An older list is better than none.
            if connections.isEmpty { listFailed(error.message) }
        case .success(let texts):
            do throws(SecurityProblem) {
                let endpoints = texts.prefix(Target.maximumReplicas).compactMap { try? Endpoint($0) }
                try replace(by: endpoints)
                if endpoints.isEmpty { listFailed("\(target) has no replicas now") } else { listFailure = nil }
            } catch {
                if connections.isEmpty { listFailed("\(error)") }
            }
        }
        dialIfWanted()
    }

    /// - Throws: why a connection to one of them must not be made; all stay as they were then.
    private func replace(by endpoints: [Endpoint]) throws(SecurityProblem) {
        var left = connections
        var new: [ClientConnection] = []
        for endpoint in endpoints {
            if let index = left.firstIndex(where: { $0.endpoint == endpoint && !$0.isLeaving }) {
                new.append(left.remove(at: index))
            } else {
                let security = try making.security(endpoint)
                lastReplica += 1
                new.append(ClientConnection(endpoint, replica: lastReplica, owner: self, making, security))
            }
        }
        connections = new + left
        for connection in left { connection.leave() }
    }

    private func listFailed(_ reason: String) {
        listFailure = reason
        failWaiting(reason)
    }

    /// A connection that left the list has ended.
    func hasLeft(_ connection: ClientConnection) { connections.removeAll { $0 === connection } }

    private func dialIfWanted() {
        guard isWanted, !isClosed else { return }
        if balancer.policy == .pickFirst {
            // The first that can be had: those behind it only while it cannot.
            connections.first { !$0.isLeaving && $0.mayBecomeReady }?.want()
        } else {
            for connection in connections where !connection.isLeaving { connection.want() }
        }
    }

    // MARK: What callers want

    /// Starts a call, now or when there is a replica for it.
    func start(_ call: ZeroMQClientCall, _ head: CallHead, _ frame: consuming OutgoingFrame) {
        guard !call.hasEnded else { return }
        if let connection = choose(for: head) { return launch(call, head, frame, on: connection) }
        if isClosed || !head.waitForReady, let reason = hopelessness { return fail(call, reason) }
        guard waiting.count < ConnectionLimits.maximumWaitingCalls else {
            return call.end(.failure(RPCError(
                .resourceExhausted, "\(waiting.count) calls wait for \(target) already.", isUnprocessed: true)))
        }
        waiting.append(WaitingCall(call: call, head: head, frame: frame, timer: deadlineTimer(call, head)))
        isWanted = true
        dialIfWanted()
    }

    /// Sends a frame of a call that was started. Dropped if the call has ended.
    func send(_ frame: OutgoingFrame, on call: ZeroMQClientCall) {
        if let connection = connection(of: call) { return connection.send(frame, on: call) }
        guard !call.hasEnded, call.replica == nil else { return }
        held[ObjectIdentifier(call), default: []].append(frame)
    }

    func grant(_ byteCount: Int, on call: ZeroMQClientCall) { connection(of: call)?.grant(byteCount, on: call) }

    /// Forgets a call that its caller has ended, and tells the server.
    func abandon(_ call: ZeroMQClientCall, _ code: StatusCode) {
        if let connection = connection(of: call) { return connection.abandon(call, code) }
        guard call.replica == nil else { return }
        held[ObjectIdentifier(call)] = nil
        guard let index = waiting.firstIndex(where: { $0.call === call }) else { return }
        disarm(waiting.remove(at: index))
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        resolver.stop()
        for connection in connections { connection.close() }
        failWaiting("the channel was closed")
        connections = []
    }

    // MARK: Choosing

    private func choose(for head: CallHead) -> ClientConnection? {
        let connections = connections
        if connections.count == 1, let only = connections.first { return only.takesCalls ? only : nil }
        let ready = connections.filter(\.takesCalls)
        let candidates = ready.map { connection in
            Balancer.Candidate(
                replica: connection.replica, openCalls: connection.openCallCount, serves: connection.serves)
        }
        return balancer.choose(from: candidates, avoiding: head.avoided, random: making.random).map { ready[$0] }
    }

    private func connection(of call: ZeroMQClientCall) -> ClientConnection? {
        guard let replica = call.replica else { return nil }
        return connections.first { $0.replica == replica }
    }

    private func launch(
        _ call: ZeroMQClientCall, _ head: borrowing CallHead, _ frame: consuming OutgoingFrame,
        on connection: ClientConnection
    ) {
        connection.launch(call, head, frame)
        guard !held.isEmpty, let later = held.removeValue(forKey: ObjectIdentifier(call)) else { return }
        for frame in later { connection.send(frame, on: call) }
    }

    // MARK: Waiting

    /// Starts calls that wait: a replica became ready, or has room again.
    func startWaiting() {
        guard !waiting.isEmpty else { return }
        var rest = waiting[...]
        waiting = []
        while let next = rest.first {
            if next.call.hasEnded {
                disarm(next)
            } else if let connection = choose(for: next.head) {
                disarm(next)
                launch(next.call, next.head, next.frame, on: connection)
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        waiting = rest + waiting
    }

    /// An attempt to connect failed, or a connection ended.
    func connectionFailed() {
        guard !isClosed else { return }
        resolver.lookAgain()
        dialIfWanted()
        if let reason = hopelessness { failWaiting(reason) }
    }

    /// Why no replica can be had soon; nil if one may.
    private var hopelessness: String? {
        if isClosed { return "the channel was closed" }
        if let listFailure { return listFailure }
        guard !connections.isEmpty, !connections.contains(where: \.mayBecomeReady) else { return nil }
        return connections.first { !$0.isLeaving }?.lastFailure ?? connections[0].lastFailure
    }

    private func failWaiting(_ reason: String) {
        guard !waiting.isEmpty else { return }
        let failed = waiting.filter { isClosed || !$0.head.waitForReady }
        waiting = isClosed ? [] : waiting.filter { $0.head.waitForReady }
        for entry in failed {
            disarm(entry)
            held[ObjectIdentifier(entry.call)] = nil
            fail(entry.call, reason)
        }
    }

    private func fail(_ call: ZeroMQClientCall, _ reason: String) {
        var error = RPCError(.unavailable, "No connection to \(target): \(reason).", isUnprocessed: true)
        error.foundNoReplica = true
        call.end(.failure(error))
    }

    private func deadlineTimer(_ call: ZeroMQClientCall, _ head: CallHead) -> LoopTimer? {
        guard let deadline = head.deadline else { return nil }
        let timer = LoopTimer { [unowned self] in
            call.end(.failure(.deadlinePassed), keepingMessages: false)
            abandon(call, .deadlineExceeded)
        }
        making.thread.arm(timer, at: IOThread.clock() + deadline.remaining.nanoseconds)
        return timer
    }

    private func disarm(_ entry: WaitingCall) { entry.timer.map(making.thread.disarm) }
}
