/// A condition that did not become true in time.
package struct PollTimeout: Error, CustomStringConvertible {
    package let waitedFor: String
    package let duration: Duration

    package var description: String { "waited \(duration) in vain for: \(waitedFor)" }
}

/// Asks again and again until the condition holds: for what tells nobody when it happens, such as another process.
///
/// - Parameters:
///   - what: What is waited for; part of the error.
///   - timeout: When to give up.
///   - interval: Pause between two questions.
package func poll(
    until what: String, timeout: Duration = .seconds(120), interval: Duration = .milliseconds(10),
    _ condition: () async throws -> Bool
) async throws {
    _ = try await poll(for: what, timeout: timeout, interval: interval) { try await condition() ? () : nil }
}

/// As `poll(until:)`, for a value that is nil until it is there.
package func poll<R>(
    for what: String, timeout: Duration = .seconds(120), interval: Duration = .milliseconds(10),
    _ value: () async throws -> R?
) async throws -> R {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    while true {
        if let value = try await value() { return value }
        guard clock.now < deadline else { throw PollTimeout(waitedFor: what, duration: timeout) }
        try await clock.sleep(for: interval)
    }
}
