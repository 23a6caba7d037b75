import ArgumentParser
import ServiceKit

/// What `olp` tells a script by its exit code. Shown by `olp --help`.
package enum Exit: Hashable, Sendable {
    /// Done.
    case success
    /// The thing asked for failed; the message says why.
    case failure
    /// No suite runs on this data, or it does not answer.
    case notRunning
    /// What was asked cannot be answered now, because the suite was being written to.
    case undecided
    /// The command line cannot be understood.
    case usage
    /// A call ended with this gRPC status: 64 and its number, so NOT_FOUND is 69.
    case status(UInt8)
    /// Stopped by Ctrl-C.
    case interrupted

    package var code: Int32 {
        switch self {
        case .success: 0
        case .failure: 1
        case .notRunning: 3
        case .undecided: 4
        case .usage: 64
        case .status(let number): 64 + Int32(number)
        case .interrupted: 130
        }
    }

    package static let explanation = """
        EXIT CODES
          0     done
          1     failed; the message says why
          3     no suite runs here, or it does not answer
          4     `olp check` cannot tell: the suite was being written to
          64    the command line cannot be understood
          64+n  a call ended with gRPC status n: 69 is NOT_FOUND, which is 5
          130   stopped by Ctrl-C
        """
}

/// Something that stops a command: what happened, and what to do next.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    package let exit: Exit
    package let message: String
    /// What the caller can do about it; one line, often a command.
    package let advice: String?

    package init(_ exit: Exit = .failure, _ message: String, advice: String? = nil) {
        self.exit = exit
        self.message = message
        self.advice = advice
    }

    package var description: String { advice.map { "\(message)\n\($0)" } ?? message }
}
