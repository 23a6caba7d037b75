import Synchronization

/// Numbers for traces and spans: spread over all 64 bits, different from each other within a process, never 0.
///
/// They need not be secret, so a counter that is mixed (SplitMix64) does, at the price of an addition.
package final class TraceIDs: Sendable {
    /// For the whole process; begins somewhere else at every start.
    package static let ofProcess: TraceIDs = {
        var generator = SystemRandomNumberGenerator()
        return TraceIDs(seed: generator.next())
    }()

    private let state: Atomic<UInt64>

    /// - Parameter seed: the same seed makes the same numbers.
    package init(seed: UInt64) { state = Atomic(seed) }

    func next() -> UInt64 {
        while true {
            var number = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
            number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
            number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
            number ^= number >> 31
            if number != 0 { return number }
        }
    }
}
