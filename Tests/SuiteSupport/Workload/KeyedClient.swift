import Contracts
import Foundation
import HTTPClient
import Synchronization
import TestSupport

/// A client of the gateway that gives up nothing: each write is repeated with its key until it is answered.
final class KeyedClient: Sendable {
    /// Pause between two attempts.
    static let interval = Duration.milliseconds(10)
    /// Statuses of those who cannot answer now.
    private static let notNow: Set<Int> = [503, 504]
    /// Refusals that concurrent work may bring. A repetition of what was applied gets none of them.
    private static let refusals: Set<Int> = [400, 409, 412]

    let name: String
    let journal: Journal
    let patience: Workload.Patience
    private let suite: @Sendable () -> RunningSuite
    private let counter = Atomic<Int>(0)
    private let attempts = Atomic<Int>(0)

    init(
        _ name: String, _ journal: Journal, patience: Workload.Patience,
        suite: @escaping @Sendable () -> RunningSuite
    ) {
        self.name = name
        self.journal = journal
        self.patience = patience
        self.suite = suite
    }

    /// No write is begun any more.
    struct Finished: Error {}

    /// Writes, and waits for the answer.
    /// - Parameters:
    ///   - version: The one that was edited, for If-Match.
    ///   - body: The request; given its key, which is to be its reason.
    /// - Returns: nil if the business refused it.
    func write<Reply: JSONMessage>(
        _ kind: WriteKind, _ method: String, _ path: String, version: Int64? = nil, as: Reply.Type = Reply.self,
        _ body: (_ key: String) -> any JSONMessage
    ) async throws -> Reply? {
        try await mayBegin()
        let key = "\(name)-\(counter.add(1, ordering: .relaxed).newValue)"
        let json = body(key).jsonText()
        var fields = [(name: "Idempotency-Key", value: key)]
        if let version { fields.append(("If-Match", "\"\(version)\"")) }
        let reply = try await answer("\(kind) \(key)") { [fields, patience] suite, gateway in
            try await suite.send(method, path, json: json, fields: fields, to: gateway, within: patience.attempt)
        }
        if reply.isSuccess {
            journal.add(Journal.Acknowledged(kind: kind, key: key, reply: reply.text))
            return try Reply(jsonText: reply.text)
        }
        // Whoever the register is taken for may have lost the place meanwhile.
        let isInvalid = reply.text.contains("INVALID_ARGUMENT") && kind != .attendance
        guard Self.refusals.contains(reply.status), !isInvalid else {
            journal.violate("\(kind) \(key) \(method) \(path): \(reply.status) \(reply.text)")
            throw RunningSuite.Refused(reply)
        }
        journal.add(Journal.Refused(kind: kind, key: key, problem: reply.text))
        return nil
    }

    /// A write that nobody else can get in the way of: being refused means that a repetition was taken for a new one.
    func writeAlone<Reply: JSONMessage>(
        _ kind: WriteKind, _ method: String, _ path: String, version: Int64? = nil, as: Reply.Type = Reply.self,
        _ body: (_ key: String) -> any JSONMessage
    ) async throws -> Reply {
        let reply: Reply? = try await write(kind, method, path, version: version, body)
        if let reply { return reply }
        let reason = journal.refused.last { $0.kind == kind }?.problem ?? ""
        journal.violate("\(kind) \(path) was refused, and nobody else works on it: \(reason)")
        throw Journal.Broken(description: reason)
    }

    func read<Reply: JSONMessage>(_ path: String, as: Reply.Type = Reply.self) async throws -> Reply {
        let reply = try await answer("GET \(path)") { [patience] suite, gateway in
            try await suite.send("GET", path, to: gateway, within: patience.attempt)
        }
        guard reply.isSuccess else {
            journal.violate("GET \(path): \(reply.status) \(reply.text)")
            throw RunningSuite.Refused(reply)
        }
        return try Reply(jsonText: reply.text)
    }

    /// Asks for something that is in no journal, until it is answered. Nobody may refuse it.
    func ask<Reply: JSONMessage>(_ request: HTTPRequest, as: Reply.Type = Reply.self) async throws -> Reply {
        var request = request
        request.timeout = patience.attempt
        let reply = try await answer("\(request.method) \(request.target)") { [request] suite, gateway in
            try await suite.send(request, token: suite.token, to: gateway)
        }
        guard reply.isSuccess else {
            journal.violate("\(request.method) \(request.target): \(reply.status) \(reply.text)")
            throw RunningSuite.Refused(reply)
        }
        return try Reply(jsonText: reply.text)
    }

    /// Asks one gateway after the other until somebody answers, whatever the answer.
    private func answer(
        _ what: String, _ ask: @Sendable (_ suite: RunningSuite, _ gateway: Int) async throws -> HTTPReply
    ) async throws -> HTTPReply {
        try await poll(for: "an answer to \(what)", timeout: patience.answer, interval: Self.interval) {
            let suite = suite()
            let gateway = attempts.add(1, ordering: .relaxed).oldValue % suite.gateways
            let reply: HTTPReply
            let asked = ContinuousClock.now
            do {
                reply = try await ask(suite, gateway)
            } catch HTTPFailure.cannotConnect {
                journal.noteUnsent()
                return nil
            } catch {
                journal.noteLost("\(what) to gateway \(gateway + 1), answer \(journal.count), after \(ContinuousClock.now - asked): \(error)")
                return nil
            }
            guard Self.notNow.contains(reply.status) else { return reply }
            journal.notePutOff()
            return nil
        }
    }

    /// Waits until somebody else was answered, with nothing to do oneself; hears of the end.
    func pause() async throws {
        let count = journal.count
        try await poll(until: "others to get on", timeout: patience.answer * 2, interval: Self.interval) {
            if journal.isFinished { throw Finished() }
            return journal.count > count
        }
    }

    private func mayBegin() async throws {
        try await poll(until: "leave to write", timeout: patience.answer * 2, interval: .milliseconds(3)) {
            switch journal.leave() {
            case .granted: return true
            case .wait: return false
            case .finished: throw Finished()
            }
        }
    }
}

/// Somebody who works through a gateway until there is nothing more to begin.
protocol OfficeClient: Sendable {
    /// Ends by throwing ``KeyedClient/Finished``.
    mutating func run() async throws
}
