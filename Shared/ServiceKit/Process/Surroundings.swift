import Foundation
import Glibc
package import Values

/// Everything that a process takes from outside, so that a test can be the outside.
package struct Surroundings: Sendable {
    /// Without the program's name.
    package var arguments: [String]
    package var environment: [String: String]
    package var printOut: @Sendable (String) -> Void
    package var printError: @Sendable (String) -> Void
    /// Takes whole lines of the log.
    package var writeLog: @Sendable ([UInt8]) -> Void
    /// Numbers of the signals that ask for the end. The first one begins a graceful stop, the second ends it.
    package var signals: @Sendable () -> AsyncStream<Int32>
    package var wallClock: any WallClock
    package var clock: any Clock<Duration>
    /// Ends the process at once, if a stop is stuck.
    package var endNow: @Sendable (ExitCode) -> Void

    package init(
        arguments: [String], environment: [String: String], printOut: @escaping @Sendable (String) -> Void,
        printError: @escaping @Sendable (String) -> Void, writeLog: @escaping @Sendable ([UInt8]) -> Void,
        signals: @escaping @Sendable () -> AsyncStream<Int32>, wallClock: any WallClock = SystemWallClock(),
        clock: any Clock<Duration> = ContinuousClock(), endNow: @escaping @Sendable (ExitCode) -> Void = { _ in }
    ) {
        self.arguments = arguments
        self.environment = environment
        self.printOut = printOut
        self.printError = printError
        self.writeLog = writeLog
        self.signals = signals
        self.wallClock = wallClock
        self.clock = clock
        self.endNow = endNow
    }

    /// The real ones.
    static var system: Surroundings {
        Surroundings(
            arguments: Array(CommandLine.arguments.dropFirst()),
            environment: ProcessInfo.processInfo.environment,
            printOut: StandardStreams.printOut, printError: StandardStreams.printError,
            writeLog: StandardStreams.writeError, signals: StopSignals.caught, endNow: { _exit($0.rawValue) })
    }
}
