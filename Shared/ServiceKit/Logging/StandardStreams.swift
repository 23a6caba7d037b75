import Glibc

/// Writes to the process's own output, past any buffer: a line that was written is there even if the process dies next.
package enum StandardStreams {
    /// One line of the log. A line of up to the pipe's buffer is written by one call, so lines of several threads and
    /// processes do not mix.
    package static func writeError(_ bytes: [UInt8]) {
        write(bytes, to: STDERR_FILENO)
    }

    /// What the user asked for: help, version, a token shown once.
    package static func printOut(_ text: String) {
        write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Why the process does not start.
    package static func printError(_ text: String) {
        write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads it any more, or the disk is full: there is nobody left to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
