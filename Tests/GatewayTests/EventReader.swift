import HTTPClient
import Synchronization
import TestSupport

@testable import GatewayService

/// Reads server-sent events, no faster than the test takes them.
struct EventReader: Sendable {
    struct Event: Hashable, Sendable, CustomStringConvertible {
        /// "comment" for a block without data.
        var name = "comment"
        var id: String?
        var data = ""

        var description: String { "\(name) \(data)" }
    }

    /// The stream ended, or was never one.
    struct Ended: Error, CustomStringConvertible {
        let reply: String
        var description: String { "the stream ended: \(reply)" }
    }

    private let events = Handover<Result<Event, any Error>>()
    /// The id that a browser would come back with.
    let lastID = SharedID()

    final class SharedID: Sendable {
        private let id = Mutex("")
        var text: String { id.withLock { $0 } }
        func set(_ text: String) { id.withLock { $0 = text } }
    }

    /// Opens a stream, runs `body`, closes the connection.
    static func with(
        _ gateway: Harness, _ target: String, lastID: String? = nil,
        _ body: (EventReader) async throws -> Void
    ) async throws {
        let reader = EventReader()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var fields = [Harness.authorization, ("Accept", "text/event-stream")]
                if let lastID { fields.append(("Last-Event-ID", lastID)) }
                let request = HTTPRequest(
                    "GET", target, fields: fields.map { (name: $0.0, value: $0.1) }, timeout: .seconds(600))
                await reader.read(request, from: gateway.origin)
            }
            defer { group.cancelAll() }
            try await body(reader)
        }
    }

    private func read(_ request: HTTPRequest, from origin: HTTPOrigin) async {
        var text = ""
        do {
            let status = try await HTTPConnection.with(origin) { connection in
                try await connection.exchange(request) { (piece: [UInt8]) throws(HTTPFailure) in
                    text += String(decoding: piece, as: UTF8.self)
                    let blocks = text.split(separator: "\n\n", omittingEmptySubsequences: false)
                    for block in blocks.dropLast() {
                        guard await events.give(.success(Self.event(block))) else {
                            throw .disconnected(reason: "the test reads no more")
                        }
                    }
                    text = String(blocks.last ?? "")
                }.status
            }
            await events.give(.failure(Ended(reply: "\(status) \(text)")))
        } catch {
            await events.give(.failure(error))
        }
    }

    /// The next event, comments left out unless they are asked for.
    func next(comments: Bool = false) async throws -> Event {
        while let event = try await events.take()?.get() {
            if let id = event.id { lastID.set(id) }
            if comments || event.name != "comment" { return event }
        }
        throw Ended(reply: "")
    }

    private static func event(_ block: Substring) -> Event {
        var event = Event()
        for line in block.split(separator: "\n") {
            let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
            switch line.prefix(while: { $0 != ":" }) {
            case "event": event.name = String(value)
            case "id": event.id = String(value)
            case "data": event.data = String(value)
            default: break
            }
        }
        return event
    }
}
