import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import Synchronization

/// A request's body, read once, within limits.
final class IncomingBody: Sendable {
    private let body: RequestBody
    private let isDone: Atomic<Bool>
    /// From Content-Length; nil if the body comes in chunks.
    let declaredBytes: Int?
    private let mediaType: String?

    init(_ request: Request) {
        body = request.body
        declaredBytes = request.headers[.contentLength].flatMap { Int($0) }
        let hasBody = (declaredBytes ?? 0) > 0 || request.headers[.transferEncoding] != nil
        isDone = Atomic(!hasBody)
        mediaType = request.headers[.contentType]
    }

    /// Whether something of it is still to come. A connection with such a rest cannot be used for another request.
    var hasRest: Bool { !isDone.load(ordering: .relaxed) }

    /// The whole of a JSON body; empty if there is none.
    func json(_ limits: GatewayLimits) async throws -> [UInt8] {
        guard hasRest else { return [] }
        try requireJSON()
        return try await TimeLimit.run(limits.bodyTime, or: Self.tooSlow(limits.bodyTime)) {
            var bytes: [UInt8] = []
            try await self.read(limit: limits.bodyBytes) { bytes.append(contentsOf: $0.readableBytesView) }
            return bytes
        }
    }

    /// Piece by piece, as it comes. The next piece is read when `take` has returned.
    func read(limit: Int, _ take: (ByteBuffer) async throws -> Void) async throws {
        if let declaredBytes, declaredBytes > limit { throw Self.tooLarge(limit) }
        guard hasRest else { return }
        var count = 0
        var pieces = body.makeAsyncIterator()
        while true {
            let next: ByteBuffer?
            do {
                next = try await pieces.next()
            } catch {
                try Task.checkCancellation()
                throw Self.brokenOff(error)
            }
            guard let piece = next else { break }
            count += piece.readableBytes
            guard count <= limit else { throw Self.tooLarge(limit) }
            try await take(piece)
        }
        // A cancelled reader is told of an end too, and this one is none.
        try Task.checkCancellation()
        guard declaredBytes == nil || count == declaredBytes else { throw Self.brokenOff(nil) }
        isDone.store(true, ordering: .relaxed)
    }

    /// Types of a file of an import, or none at all: what programs for tables and for transfers send.
    private static let fileTypes = ["text/csv", "application/octet-stream", "text/plain"]

    /// Refuses what says that it is no file of an import.
    func requireFile() throws(Problem) {
        guard let type = mediaParts.first, !Self.fileTypes.contains(type) else { return }
        throw Problem(
            .mediaTypeUnknown,
            "The body must be a CSV file: send Content-Type: \(Self.fileTypes.joined(separator: ", or ")), or none.")
    }

    /// The media type and its parameters, in small letters.
    private var mediaParts: [String] {
        (mediaType ?? "").split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
    }

    private func requireJSON() throws(Problem) {
        let parts = mediaParts
        let isJSON =
            parts.first == "application/json"
            && parts.dropFirst().allSatisfy {
                !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
            }
        guard isJSON else {
            throw Problem(.mediaTypeUnknown, "The body must be JSON in UTF-8: send Content-Type: application/json.")
        }
    }

    private static func tooLarge(_ limit: Int) -> Problem {
        Problem(.bodyTooLarge, "The body may have at most \(limit) bytes.")
    }

    static func tooSlow(_ time: Duration) -> Problem {
        Problem(.bodyTimedOut, "The body did not arrive within \(time.configurationText).")
    }

    private static func brokenOff(_ cause: (any Error)?) -> Problem {
        Problem(.malformedRequest, "The body ended before it was complete.", cause: cause)
    }
}
