import Foundation
package import Values

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
        return SeededGenerator(seed: current, purpose: test)
    }
}

package typealias SeededGenerator = Values.SeededGenerator
