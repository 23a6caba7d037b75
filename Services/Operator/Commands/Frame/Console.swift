import Glibc
import Synchronization

/// Where a command speaks: results to standard output, everything else to standard error, so that a script can read
/// the one without the other.
package struct Console: Sendable {
    package let output: @Sendable (String) -> Void
    package let error: @Sendable (String) -> Void
    /// Whether a person watches standard error, so that a line may be drawn over.
    package let isInteractive: Bool

    package init(
        output: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void, isInteractive: Bool
    ) {
        self.output = output
        self.error = error
        self.isInteractive = isInteractive
    }

    /// A line of the result.
    package func print(_ line: String) { output(line + "\n") }

    /// A line about what goes on.
    package func say(_ line: String) { error(line + "\n") }

    package static let standard = Console(
        output: { write($0, to: STDOUT_FILENO) }, error: { write($0, to: STDERR_FILENO) },
        isInteractive: isatty(STDERR_FILENO) == 1)

    /// Written at once, in one piece: other processes may write to the same terminal.
    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more (`olp … | head`): there is nobody to tell either.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
