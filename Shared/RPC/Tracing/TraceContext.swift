/// Where a call stands in a trace: W3C's `traceparent`, level 1.
package struct TraceContext: Hashable, Sendable {
    /// `00-<32 digits>-<16 digits>-<2 digits>`
    package static let textBytes = 55
    /// Longest `tracestate` that is passed on.
    package static let maximumStateBytes = 512
    /// The only flags that have a meaning: sampled, random.
    private static let knownFlags: UInt8 = 0x03
    private static let sampled: UInt8 = 0x01

    private let traceHigh: UInt64
    private let traceLow: UInt64
    private let span: UInt64
    private let flags: UInt8

    /// Begins a trace.
    package init(beginningWith ids: TraceIDs) {
        traceHigh = ids.next()
        traceLow = ids.next()
        span = ids.next()
        flags = Self.sampled
    }

    private init(_ parent: TraceContext, span: UInt64) {
        traceHigh = parent.traceHigh
        traceLow = parent.traceLow
        self.span = span
        flags = parent.flags
    }

    /// Reads a `traceparent`; nil if it is none. Of a later version than 00 only the part that 00 has is read.
    package init?(_ traceparent: String) {
        var text = traceparent
        let read = text.withUTF8 { bytes in unsafe Self.read(bytes) }
        guard let read else { return nil }
        self = read
    }

    private init(_ traceHigh: UInt64, _ traceLow: UInt64, _ span: UInt64, _ flags: UInt8) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.flags = flags
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> TraceContext? {
        let dash = UInt8(ascii: "-")
        guard bytes.count >= textBytes, unsafe bytes[2] == dash, unsafe bytes[35] == dash, unsafe bytes[52] == dash,
            let version = unsafe number(bytes, 0..<2), version != 0xFF,
            let high = unsafe number(bytes, 3..<19), let low = unsafe number(bytes, 19..<35),
            let span = unsafe number(bytes, 36..<52), let flags = unsafe number(bytes, 53..<55),
            high | low != 0, span != 0
        else { return nil }
        if bytes.count > textBytes { guard version > 0, unsafe bytes[textBytes] == dash else { return nil } }
        return TraceContext(high, low, span, UInt8(flags) & knownFlags)
    }

    /// Lower-case hexadecimal digits, as the standard demands.
    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64? {
        var number: UInt64 = 0
        for index in range {
            let byte = unsafe bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }

    /// Another span of the same trace.
    package func child(_ ids: TraceIDs) -> TraceContext { TraceContext(self, span: ids.next()) }

    /// 32 digits: what log lines of one trace share.
    package var traceID: String { String(traceparent.dropFirst(3).prefix(32)) }

    /// 16 digits.
    package var spanID: String { String(traceparent.dropFirst(36).prefix(16)) }

    package var traceparent: String {
        unsafe String(unsafeUninitializedCapacity: Self.textBytes) { bytes in
            var index = 0
            func put(_ number: UInt64, digits: Int) {
                for place in (0..<digits).reversed() {
                    let digit = UInt8(truncatingIfNeeded: number >> (4 * UInt64(place))) & 0x0F
                    unsafe bytes[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    index += 1
                }
            }
            func dash() {
                unsafe bytes[index] = UInt8(ascii: "-")
                index += 1
            }
            put(0, digits: 2)
            dash()
            put(traceHigh, digits: 16)
            put(traceLow, digits: 16)
            dash()
            put(span, digits: 16)
            dash()
            put(UInt64(flags), digits: 2)
            return index
        }
    }

    /// The `tracestate` of a request whose `traceparent` is one; empty if it is not fit to be passed on.
    package static func state(_ values: [String]) -> String {
        let joined = values.joined(separator: ",")
        let isSane =
            joined.utf8.count <= maximumStateBytes && joined.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isSane ? joined : ""
    }
}

extension CallHead {
    /// Puts this call into the trace that its `traceparent` names, as a span of its own; begins one if it names none, or
    /// nothing that is one.
    package mutating func enterTrace(_ ids: TraceIDs) {
        if let parent = TraceContext(traceparent) {
            traceparent = parent.child(ids).traceparent
        } else {
            traceparent = TraceContext(beginningWith: ids).traceparent
            tracestate = ""
        }
    }

    /// 32 digits that the log lines of one trace share; nil outside any.
    package var traceID: String? { TraceContext(traceparent)?.traceID }
}
