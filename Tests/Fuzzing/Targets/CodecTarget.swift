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
    }
}
