import RPC
import Wire

/// What calls are made of, to and from the messages behind frame headers.

extension Metadata {
    /// - Throws: the pair that may not travel.
    init(_ entries: [WireV1.MetadataEntry]) throws(Metadata.Problem) {
        self.init()
        for entry in entries { try append(entry.key, entry.value) }
    }

    var wireEntries: [WireV1.MetadataEntry] {
        entries.map { WireV1.MetadataEntry(key: $0.key, value: $0.value) }
    }
}

extension CallHead {
    /// What travels of it. Not an initialiser, which would copy the head that it is given.
    /// - Parameter now: the sender's monotonic clock in microseconds.
    func part(now: UInt64) -> WireV1.Call {
        WireV1.Call(
            method: method, timeoutUs: deadline.map { UInt64(max(0, $0.remaining.wholeMicroseconds)) }, sentAtUs: now,
            previousAttempts: UInt32(clamping: previousAttempts), traceparent: traceparent, tracestate: tracestate,
            metadata: metadata.wireEntries, idempotencyKey: idempotencyKey)
    }

    /// - Throws: the pair of metadata that may not travel.
    init(_ call: WireV1.Call) throws(Metadata.Problem) {
        self.init(
            method: call.method,
            deadline: call.timeoutUs.map { Deadline.after(.microseconds(Int64(clamping: min($0, Self.longestTimeout)))) },
            metadata: try Metadata(call.metadata), idempotencyKey: call.idempotencyKey,
            previousAttempts: Int(call.previousAttempts), traceparent: call.traceparent, tracestate: call.tracestate)
    }

    /// Microseconds in a year: beyond it a deadline says nothing, and clocks overflow.
    private static var longestTimeout: UInt64 { 31_536_000_000_000 }
}

extension WireV1.End {
    init(_ error: RPCError) {
        self.init()
        message = String(String.UnicodeScalarView(error.message.unicodeScalars.prefix(Self.maximumMessageScalars)))
        details = error.details.count <= Self.maximumDetailBytes ? error.details : []
        metadata = error.metadata.wireEntries
        pushbackMs = error.pushback.map { $0.wholeMicroseconds / 1000 }
    }

    init(trailing: Metadata) {
        self.init()
        metadata = trailing.wireEntries
    }

    /// The error that the peer reported.
    func error(_ code: StatusCode, isUnprocessed: Bool) -> RPCError {
        var error = RPCError(code, message, details: details, isUnprocessed: isUnprocessed)
        error.metadata = (try? Metadata(metadata)) ?? Metadata()
        error.pushback = pushbackMs.map { .milliseconds($0) }
        return error
    }

    /// Enough for people; keeps an END far below the frame's limit. Not characters: one can be of any length.
    private static var maximumMessageScalars: Int { 4_096 }
    private static var maximumDetailBytes: Int { 32 << 10 }
}

extension WireV1.Hello {
    /// - Parameter now: the sender's monotonic clock in microseconds.
    init(_ limits: ConnectionLimits, identity: ProcessIdentity, serving: Bool, now: UInt64) {
        self.init()
        sentAtUs = now
        minVersion = ProtocolVersion.lowest
        maxVersion = ProtocolVersion.highest
        service = identity.service
        instanceId = identity.instanceID
        build = identity.build
        self.serving = serving
        var wire = WireV1.Limits()
        wire.maxMessage = UInt32(clamping: limits.maximumMessageBytes)
        wire.maxFragment = UInt32(clamping: limits.maximumFragmentBytes)
        wire.initialConnectionCredit = UInt32(clamping: limits.initialConnectionCredit)
        wire.maxMetadata = UInt32(clamping: limits.maximumMetadataBytes)
        wire.initialStreamCredit = UInt32(clamping: limits.initialStreamCredit)
        wire.maxConcurrentCalls = UInt32(clamping: limits.maximumConcurrentCalls)
        wire.pingIntervalMs = UInt32(clamping: limits.pingInterval.wholeMicroseconds / 1000)
        self.limits = wire
    }

    /// What the sender takes; what it did not say is as by default.
    var connectionLimits: ConnectionLimits {
        var result = ConnectionLimits()
        // A peer that says nothing of fragments takes none.
        result.initialConnectionCredit = 0
        guard let limits else { return result }
        if limits.maxMessage > 0 { result.maximumMessageBytes = Int(limits.maxMessage) }
        if limits.maxFragment > 0 { result.maximumFragmentBytes = Int(limits.maxFragment) }
        result.initialConnectionCredit = Int(limits.initialConnectionCredit)
        if limits.maxMetadata > 0 { result.maximumMetadataBytes = Int(limits.maxMetadata) }
        if limits.initialStreamCredit > 0 { result.initialStreamCredit = Int(limits.initialStreamCredit) }
        if limits.maxConcurrentCalls > 0 { result.maximumConcurrentCalls = Int(limits.maxConcurrentCalls) }
        if limits.pingIntervalMs > 0 { result.pingInterval = .milliseconds(Int64(limits.pingIntervalMs)) }
        return result
    }
}

/// Minor versions of the protocol that this release speaks. The major one is in every frame's header.
enum ProtocolVersion {
    static let lowest: UInt32 = 1
    static let highest: UInt32 = 3
    /// From this one on a ZeroMQ message may have several frames.
    static let joinedFrames: UInt32 = 3

    static func isSpoken(_ hello: WireV1.Hello) -> Bool {
        hello.minVersion <= highest && hello.maxVersion >= lowest
    }
}
