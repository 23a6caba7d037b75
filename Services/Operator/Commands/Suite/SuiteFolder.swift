package import ArgumentParser
import ServiceKit

/// `--data DIR`, shared by every command that needs to know which suite is meant.
package struct SuiteOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder with the suite's stores, logs and state. Else OLP_DATA, else ./data.", valueName: "dir"))
    package var data: String?

    package init() {}

    package func folder(_ surroundings: Surroundings) -> SuiteFolder {
        SuiteFolder(
            path: surroundings.absolute(data ?? surroundings.environment["OLP_DATA"] ?? "data"),
            surroundings: surroundings)
    }
}

/// Where one suite keeps its things.
package struct SuiteFolder: Hashable, Sendable {
    /// Longest path that a local socket may have, and libzmq accept.
    package static let maximumSocketPath = 107

    /// Absolute.
    package let path: String
    /// For sockets: short, because of their limit, and on a file system that goes with the machine's run.
    package let runtime: String

    package init(path: String, surroundings: Surroundings) {
        self.path = path
        let name = "olp-\(Self.fingerprint(path))"
        if let folder = surroundings.environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/"),
            folder.utf8.count + name.utf8.count + "//training-events-\(ReplicaCounts.most).rpc".utf8.count <= Self.maximumSocketPath
        {
            runtime = "\(folder)/\(name)"
        } else {
            runtime = "/tmp/olp-\(surroundings.userID)-\(Self.fingerprint(path))"
        }
    }

    package var state: String { "\(path)/suite.json" }
    package var lock: String { "\(path)/suite.lock" }
    package var logs: String { "\(path)/logs" }
    package var token: String { "\(path)/gateway.token" }

    package func store(_ service: String) -> String { "\(path)/\(service).sqlite" }
    package func log(_ process: String) -> String { "\(logs)/\(process).log" }
    /// Where a process makes its socket in the runtime folder.
    package func socket(_ process: String) -> String { "\(runtime)/\(process).rpc" }
    /// Where the suite itself is asked to change.
    package var control: String { "ipc://\(socket("olp"))" }
    /// With a file for each service that says where its replicas are.
    package var peers: String { "\(runtime)/peers" }

    /// Makes the folders. The runtime folder is ours alone, or the sockets in it could be somebody else's.
    package func make(userID: UInt32) throws(Failure) {
        let advice = "Choose another folder with --data DIR."
        let found: (owner: UInt32, mode: UInt32)
        do throws(FileFailure) {
            for folder in [path, logs, runtime, peers] { try SystemFile.makeFolder(folder) }
            found = try SystemFile.ownerAndMode(runtime)
        } catch {
            throw Failure(.failure, "cannot use \(error)", advice: advice)
        }
        guard found.owner == userID, found.mode & 0o077 == 0 else {
            throw Failure(
                .failure, "cannot use \(runtime): it belongs to somebody else, or others may enter it",
                advice: "Remove it, or choose another folder with --data DIR.")
        }
    }

    /// Eight hexadecimal digits that differ between paths (FNV-1a).
    private static func fingerprint(_ path: String) -> String {
        let hash = path.utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
