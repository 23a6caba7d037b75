import Foundation
import Glibc

/// What a command takes from the process it runs in.
package struct Surroundings: Sendable {
    package var environment: [String: String]
    package var workingDirectory: String
    package var userID: UInt32
    package var userName: String
    /// Absolute path of this program; its siblings are the services.
    package var executable: String
    /// What was typed to start it.
    package var invokedAs: String

    package init(
        environment: [String: String], workingDirectory: String, userID: UInt32, userName: String, executable: String,
        invokedAs: String = "olp"
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.userID = userID
        self.userName = userName
        self.executable = executable
        self.invokedAs = invokedAs
    }

    package static func current() -> Surroundings {
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return Surroundings(
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FileManager.default.currentDirectoryPath,
            userID: getuid(), userName: NSUserName(), executable: program,
            invokedAs: CommandLine.arguments.first ?? "olp")
    }

    package var executableFolder: String {
        String(executable[..<(executable.lastIndex(of: "/") ?? executable.startIndex)])
    }

    /// `path` from the root, without "." and "..".
    package func absolute(_ path: String) -> String {
        let expanded = path.hasPrefix("~/") ? (environment["HOME"] ?? "~") + path.dropFirst() : path
        var parts: [Substring] = []
        for part in (expanded.hasPrefix("/") ? expanded : "\(workingDirectory)/\(expanded)").split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `path` as short as it can be written from here.
    package func shown(_ path: String) -> String {
        guard path.hasPrefix(workingDirectory + "/") else { return path }
        return String(path.dropFirst(workingDirectory.count + 1))
    }
}
