/// What the process tells whoever started it. Numbers of `sysexits.h` where they fit.
package enum ExitCode: Int32, CaseIterable, Sendable {
    /// Stopped as asked, with everything finished.
    case success = 0
    /// Stopped before everything was finished: the drain time was over, or a second signal came.
    case stoppedEarly = 1
    /// The command line cannot be used (EX_USAGE).
    case usage = 64
    /// Something it needs cannot be had, such as an address that is in use (EX_UNAVAILABLE).
    case unavailable = 69
    /// A mistake of the program (EX_SOFTWARE).
    case `internal` = 70
    /// The system lacks something that every machine should have, such as the zone Europe/London (EX_OSERR).
    case system = 71
    /// A file or folder cannot be made (EX_CANTCREAT).
    case cannotCreate = 73
    /// Reading or writing failed (EX_IOERR).
    case inputOutput = 74
    /// The store is not to be had just now: another process has it, or its database is out of reach. Starting later may
    /// help (EX_TEMPFAIL).
    case temporaryFailure = 75
    /// A file is not as safe as it has to be, or may not be used (EX_NOPERM).
    case permission = 77
    /// The configuration file or environment cannot be used (EX_CONFIG).
    case configuration = 78

    /// For `--help` and the README.
    package var meaning: String {
        switch self {
        case .success: "stopped as asked"
        case .stoppedEarly: "stopped before everything was finished"
        case .usage: "wrong command line"
        case .unavailable: "an address is in use, or something else it needs is not there"
        case .internal: "a mistake of the program"
        case .system: "the system lacks something, such as time zones"
        case .cannotCreate: "a file or folder cannot be made"
        case .inputOutput: "reading or writing failed"
        case .temporaryFailure: "another process has the store, or its database is out of reach; try later"
        case .permission: "a file is not as safe as it has to be"
        case .configuration: "the configuration cannot be used"
        }
    }
}

/// Why the process does not start or go on: what, where, and what to do next.
package struct StartFailure: Error, Sendable, CustomStringConvertible {
    package let exitCode: ExitCode
    package let message: String

    package init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    package var description: String { message }
}
