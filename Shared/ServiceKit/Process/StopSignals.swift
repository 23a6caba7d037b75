import Foundation
import Glibc

/// SIGTERM and SIGINT as they come.
enum StopSignals {
    /// Takes the two signals away from their default, which would end the process at once, for the rest of its life.
    static func caught() -> AsyncStream<Int32> {
        AsyncStream { continuation in
            for number in [SIGTERM, SIGINT] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                // The handler holds its source: one that nobody holds is cancelled.
                source.setEventHandler { withExtendedLifetime(source) { _ = continuation.yield(number) } }
                source.resume()
            }
        }
    }

    static func name(_ number: Int32) -> String { number == SIGINT ? "SIGINT" : "SIGTERM" }
}
