/// Why a configuration cannot be used. The text names the key and where it was read, and never quotes a secret.
package struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the trouble is; decides the exit code.
    package enum Place: Hashable, Sendable {
        /// A flag, or something on the command line that is no flag.
        case commandLine
        /// An environment variable, by name.
        case environment(String)
        /// The configuration file, and the line if it is about one (from 1).
        case file(path: String, line: Int?)
        /// A key that no source gave.
        case missing
    }

    package let place: Place
    package let message: String

    package init(_ place: Place, _ message: String) {
        self.place = place
        self.message = message
    }

    package var description: String {
        switch place {
        case .commandLine, .missing: message
        case .environment(let name): "environment variable \(name): \(message)"
        case .file(let path, nil): "\(path): \(message)"
        case .file(let path, let line?): "\(path):\(line): \(message)"
        }
    }

    /// 64 for what was typed, 78 for everything that was written down before.
    package var exitCode: ExitCode {
        place == .commandLine ? .usage : .configuration
    }
}

/// A text that is not a value of its kind; the sentence says what would be.
package struct UnreadableValue: Error, Hashable, Sendable {
    package let expectation: String

    package init(_ expectation: String) {
        self.expectation = expectation
    }
}
