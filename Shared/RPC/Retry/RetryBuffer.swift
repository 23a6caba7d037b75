import Wire

/// What a caller has sent, for as long as it may have to be sent once more.
struct RetryBuffer {
    /// Bytes of requests that one call keeps. One that sends more is not made again.
    static let maximumBytes = 1 << 20

    private(set) var messages: [[UInt8]] = []
    private var byteCount = 0

    /// - Returns: false if the buffer is full with it.
    mutating func append(_ message: [UInt8]) -> Bool {
        messages.append(message)
        byteCount += message.count + CreditGate.messageOverheadBytes
        return byteCount <= Self.maximumBytes
    }

    mutating func removeAll() { messages = [] }
}

extension Packing {
    /// The message, packed.
    func copied() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            unsafe pack(into: UnsafeMutableRawBufferPointer(buffer))
            count = byteCount
        }
    }
}

extension [UInt8] {
    /// These bytes as a message that is ready to be sent.
    func withPacking<Result>(_ body: (borrowing Packing) -> Result) -> Result {
        unsafe withUnsafeBytes { bytes in body(unsafe Packing(bytes: bytes)) }
    }
}
