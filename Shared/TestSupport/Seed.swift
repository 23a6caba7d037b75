import Foundation

/// The seed of this run's random tests. Each test that uses it says so on standard output, and
/// `OLP_TEST_SEED=<seed>` runs it again with the same numbers.
package enum Seed {
    package static let current: UInt64 =
        ProcessInfo.processInfo.environment["OLP_TEST_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 1...UInt64(UInt32.max))

    /// A generator for one test; prints how to replay it.
    package static func generator(for test: String) -> SeededGenerator {
        print("\(test): OLP_TEST_SEED=\(current)")
        // Every test gets numbers of its own from the one seed, whatever the order of the tests.
        var mixed = current
        for byte in test.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return SeededGenerator(seed: mixed)
    }
}

/// SplitMix64: small, fast, the same everywhere.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
