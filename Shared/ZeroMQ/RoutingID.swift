/// The name that a ROUTER socket gives to one connection: five bytes, the first of them zero.
package struct RoutingID: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 5

    let value: UInt64

    /// - Returns: nil if `bytes` is not of a name that the ROUTER made by itself.
    @unsafe init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        var value: UInt64 = 0
        for unsafe byte in unsafe bytes { value = value << 8 | UInt64(byte) }
        self.value = value
    }

    /// A made-up name, for tests of what lies above the socket.
    package init(testing value: UInt32) { self.value = UInt64(value) }

    package var description: String { "peer-" + String(value, radix: 16) }

    @unsafe func write(into bytes: UnsafeMutableRawBufferPointer) {
        for index in 0..<Self.byteCount {
            unsafe bytes[index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (Self.byteCount - 1 - index)))
        }
    }
}
