import TestSupport
import Wire

/// An input is one byte that chooses the limits, and the serialised bytes of a message with a field of every kind.
enum CodecTarget {
    /// Those of every day, those that small inputs reach, and those that leave hardly any memory.
    static func limits(for choice: UInt8) -> DecodeLimits {
        var limits = DecodeLimits.default
        switch choice % 3 {
        case 0: break
        case 1:
            limits.maxBytes = 4_096
            limits.maxDepth = 8
            limits.maxFields = 200
        default:
            limits.memoryFloor = 1_024
            limits.memoryPerByte = 4
        }
        return limits
    }

    static func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = unsafe input.first else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: input.dropFirst())
        // A list of short numbers that may not be packed is three times as long as the packed one that was read.
        unsafe RoundTrip.check(TestingV1.Everything.self, bytes, limits: limits(for: choice), growth: 3)
        unsafe compare(bytes, limits(for: choice))
    }

    /// What is read is what protobuf-c reads in the same bytes.
    private static func compare(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) {
        guard let message = unsafe try? TestingV1.Everything(decoding: bytes, limits: limits) else { return }
        guard let packed = unsafe OtherReader.packedAgain(bytes) else { fatalError("protobuf-c refuses \(message)") }
        guard let other = try? TestingV1.Everything(decoding: packed) else { fatalError("protobuf-c reads no \(message)") }
        // A message with a NaN in it is unlike every other.
        require(other == message || "\(message)".contains("nan"), "\(message) is \(other) to protobuf-c")
    }
}
