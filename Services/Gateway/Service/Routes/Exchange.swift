import HTTPTypes
import Hummingbird
import RPC
import ServiceKit

/// One request, with what is found out about it on the way.
struct Exchange: Sendable {
    /// Longest request id that is taken from a caller.
    private static let maximumRequestIDBytes = 128

    let head: HTTPRequest
    let body: IncomingBody
    let requestID: String
    /// The request's own span, in the trace that it came with or in one that begins here.
    let trace: TraceContext
    /// W3C's `tracestate`, as it came.
    private let traceState: String
    /// Escaped path, without the query.
    let path: String
    /// Escaped query.
    let query: Substring

    init(_ request: Request, traceIDs: TraceIDs, makeID: () -> String) {
        head = request.head
        body = IncomingBody(request)
        requestID = Self.sane(request.headers[.requestID]) ?? makeID()
        let parents = request.headers[values: .traceparent]
        if parents.count == 1, let parent = parents.first.flatMap(TraceContext.init) {
            trace = parent.child(traceIDs)
            traceState = TraceContext.state(request.headers[values: .tracestate])
        } else {
            // What is no trace is replaced, and its state means nothing then.
            trace = TraceContext(beginningWith: traceIDs)
            traceState = ""
        }
        let target = Self.originForm(request.head.path ?? "/")
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = String(target[..<mark])
        query = target[mark...].dropFirst()
    }

    /// The path of a target that names the server too, as for a proxy.
    private static func originForm(_ target: String) -> Substring {
        guard !target.hasPrefix("/"), let scheme = target.firstRange(of: "://") else { return target[...] }
        let rest = target[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }

    private static func sane(_ id: String?) -> String? {
        guard let id, 1...maximumRequestIDBytes ~= id.utf8.count else { return nil }
        let isSane = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isSane ? id : nil
    }

    func values(_ name: HTTPField.Name) -> [String] { head.headerFields[values: name] }

    /// The key under which a change is made at most once.
    func idempotencyKey() throws(Problem) -> String? {
        let keys = values(.idempotencyKey)
        guard let key = keys.first else { return nil }
        guard keys.count == 1, 1...IdempotencyKey.maximumBytes ~= key.utf8.count,
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem(
                .malformedRequest,
                "Idempotency-Key must be 1 to \(IdempotencyKey.maximumBytes) visible ASCII characters, given once.")
        }
        return key
    }

    /// How long the services may take, at most `limit`.
    func time(limit: Duration) throws(Problem) -> Duration {
        guard let text = values(.requestTimeout).first else { return limit }
        guard let seconds = Double(text), seconds > 0, seconds.isFinite else {
            throw Problem(.malformedRequest, "Request-Timeout must be a number of seconds above 0, such as 2.5.")
        }
        return min(limit, .seconds(min(seconds, 1_000_000)))
    }

    /// Refuses a request that does not say, once, which server it is for (RFC 9112 section 3.2): between two servers it
    /// could mean another thing to each. HTTP/1.0 knew no Host; there, `OldRequestHost` adds one.
    func requireHost() throws(Problem) {
        guard head.authority != nil, values(.host).isEmpty else {
            throw Problem(.malformedRequest, "Send the field Host, once.")
        }
    }

    /// Refuses a caller who takes no answer of this type.
    func requireAcceptance(of type: String) throws(Problem) {
        let ranges = values(.accept).flatMap { $0.split(separator: ",") }
        guard !ranges.isEmpty else { return }
        let family = type.prefix { $0 != "/" } + "/*"
        let isAccepted = ranges.contains { range in
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let name = parts.first, name == type || name == family || name == "*/*" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
        }
        guard isAccepted else {
            throw Problem(.notAcceptable, "The answer is \(type); let the field Accept allow it.")
        }
    }

    /// What the calls made for this request share: its id, who acts, its trace, and its deadline.
    func scope(_ caller: Caller, deadline: Deadline?) -> CallScope {
        var metadata = Metadata()
        metadata.add(CallScope.requestIDKey, requestID)
        metadata.add(CallScope.actorIDKey, caller.id)
        metadata.add(CallScope.actorKindKey, caller.kind)
        return CallScope(
            CallHead(
                method: "", deadline: deadline, metadata: metadata, traceparent: trace.traceparent,
                tracestate: traceState))
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let requestTimeout = HTTPField.Name("Request-Timeout")!
    /// Further ones: the first is the request's authority.
    static let host = HTTPField.Name("Host")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let traceparent = HTTPField.Name("traceparent")!
    static let tracestate = HTTPField.Name("tracestate")!
}
