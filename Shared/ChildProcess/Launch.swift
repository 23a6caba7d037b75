/// What to start, and how it stands to the process that starts it.
package struct Launch: Sendable {
    /// Where a stream of the new process goes.
    package enum Stream: Hashable, Sendable {
        case inherit
        case discard
        /// Appended to the file at this path, which is made (mode 0600) if it is not there.
        case append(to: String)
    }

    /// How the process is tied to its parent.
    package enum Bond: Hashable, Sendable {
        /// In the parent's process group: a Ctrl-C at the terminal reaches both.
        case sameGroup
        /// A group of its own: the parent alone decides when it stops.
        case ownGroup
        /// A session of its own, without a terminal: it outlives the parent.
        case ownSession
    }

    /// Path of the executable; not searched for in PATH.
    package var executable: String
    /// Without the program's name.
    package var arguments: [String]
    package var environment: [String: String]
    /// Nil: the parent's.
    package var directory: String?
    package var output: Stream
    package var error: Stream
    package var bond: Bond
    /// Sent to the process when its parent ends without having stopped it (Linux); nil: nothing.
    package var signalWithParent: Int32?

    package init(
        _ executable: String, arguments: [String] = [], environment: [String: String],
        directory: String? = nil, output: Stream = .inherit, error: Stream = .inherit,
        bond: Bond = .sameGroup, signalWithParent: Int32? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.output = output
        self.error = error
        self.bond = bond
        self.signalWithParent = signalWithParent
    }
}

/// How a process ended.
package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .killed(let signal): "signal \(signal)"
        }
    }
}

/// A process that could not be started.
package struct LaunchError: Error, Hashable, Sendable, CustomStringConvertible {
    package let executable: String
    /// The system's words for it.
    package let reason: String

    package var description: String { "cannot start \(executable): \(reason)" }
}
