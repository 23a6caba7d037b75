/// One request. `Host`, `Content-Length` and `User-Agent` are added by the connection.
package struct HTTPRequest: Sendable {
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// The file's bytes, read and sent piece by piece.
        case file(path: String)
    }

    package var method: String
    /// Path and query, already percent-encoded.
    package var target: String
    package var fields: [(name: String, value: String)]
    package var body: Body
    /// Longest wait for the whole exchange.
    package var timeout: Duration
    /// Called with the number of body bytes handed to the system so far.
    package var onProgress: (@Sendable (Int) -> Void)?

    package init(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [],
        body: Body = .none, timeout: Duration = .seconds(30), onProgress: (@Sendable (Int) -> Void)? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.timeout = timeout
        self.onProgress = onProgress
    }

    /// Percent-encodes all that is not "unreserved" in RFC 3986, for one path segment or query value.
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}

package struct HTTPReply: Sendable {
    package let status: Int
    /// As sent; compare names through `field(_:)`.
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// First value of a field, whatever the case of its name.
    package func field(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    package var text: String { String(decoding: body, as: UTF8.self) }

    package var isSuccess: Bool { 200..<300 ~= status }
}

/// Why there is no reply.
package enum HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotConnect(origin: String, reason: String)
    case timedOut(after: Duration)
    /// The server closed the connection before the reply was complete.
    case disconnected(reason: String)
    case replyTooLarge(limit: Int)
    case cannotReadFile(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotConnect(let origin, let reason): "cannot connect to \(origin): \(reason)"
        case .timedOut(let duration): "no complete answer within \(duration)"
        case .disconnected(let reason): "the connection broke before the answer was complete: \(reason)"
        case .replyTooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .cannotReadFile(let path, let reason): "cannot read \(path): \(reason)"
        }
    }
}
