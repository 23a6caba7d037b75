import Contracts
import Foundation
import HTTPClient
import Synchronization
import SuiteSupport
import TestSupport

/// Listens to `GET /v1/changes` and keeps what it is told.
final class ChangeListener: Sendable {
    struct Change: Hashable, Sendable {
        let service: String
        let type: String
        let subject: String
    }

    private struct State: Sendable {
        var isListening = false
        /// Why nothing is heard any more.
        var failure: (any Error)?
        var changes: [Change] = []
    }

    private let state = Mutex(State())

    var changes: [Change] { state.withLock { $0.changes } }

    /// Runs `body` while it listens.
    static func with(_ suite: RunningSuite, _ body: (ChangeListener) async throws -> Void) async throws {
        let listener = ChangeListener()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await listener.listen(suite) } catch { listener.state.withLock { $0.failure = error } }
            }
            defer { group.cancelAll() }
            try await poll(until: "the stream of changes", timeout: RunningSuite.patience) {
                try listener.isListening()
            }
            try await body(listener)
        }
    }

    /// Waits until a change of this type was told of.
    func hears(_ type: String, of subject: String? = nil) async throws {
        try await poll(until: "to hear of \(type)", timeout: RunningSuite.patience) {
            try isListening() && changes.contains { $0.type == type && (subject == nil || $0.subject == subject) }
        }
    }

    private func isListening() throws -> Bool {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.isListening
        }
    }

    private func listen(_ suite: RunningSuite) async throws {
        let request = HTTPRequest(
            "GET", "/v1/changes", fields: [("Accept", "text/event-stream")], timeout: .seconds(600))
        var text = ""
        try await suite.stream(request) { piece in
            text += String(decoding: piece, as: UTF8.self)
            let blocks = text.split(separator: "\n\n", omittingEmptySubsequences: false)
            for block in blocks.dropLast() { self.take(block) }
            text = String(blocks.last ?? "")
        }
    }

    private func take(_ block: Substring) {
        let lines = block.split(separator: "\n")
        if lines.contains("event: ready") { return state.withLock { $0.isListening = true } }
        guard lines.contains("event: change"), let data = lines.first(where: { $0.hasPrefix("data: ") }),
            let change = try? Answered(json: String(data.dropFirst("data: ".count)))
        else { return }
        let heard = Change(
            service: change.text("service"), type: change.text("type"), subject: change.text("subject"))
        state.withLock { $0.changes.append(heard) }
    }
}
