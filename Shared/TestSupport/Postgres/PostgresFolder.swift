import ChildProcess
import Foundation
import Glibc

/// The folder of one cluster, and who sees to it that nothing of the cluster outlives this process, even if it is
/// killed.
final class PostgresFolder: Sendable {
    let path: String
    private let warden: RunningProcess

    var data: String { "\(path)/data" }
    var log: String { "\(path)/log" }
    /// Whose first line is the server's process id, and whose eighth says that it serves.
    var lockFile: String { "\(data)/postmaster.pid" }

    init(programs: PostgresPrograms) async throws {
        // Short, because a socket lies in it.
        path = "/tmp/olp-pg-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        warden = try await RunningProcess.start(
            Launch("/bin/sh", arguments: ["-c", Self.watch, "postgres-warden", path],
                   environment: Program.environment(), output: .discard, error: .discard, bond: .ownGroup,
                   signalWithParent: SIGTERM))
        if let account = programs.account { try Self.give(path, to: account) }
    }

    deinit {
        warden.send(signal: SIGTERM)
    }

    /// Writes a file that the server's user may read.
    func write(_ text: String, to name: String, for account: PostgresPrograms.Account?) throws {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        guard unsafe chmod(file, 0o600) == 0 else { throw SystemFailure("chmod \(file)") }
        if let account { try Self.give(file, to: account) }
    }

    private static func give(_ path: String, to account: PostgresPrograms.Account) throws {
        guard unsafe chown(path, account.user, account.group) == 0 else { throw SystemFailure("chown \(path)") }
    }

    /// The warden's script. Told to end, or when this process is gone, it waits a while for the server, which was told
    /// the same, kills it if that is in vain, gives back its piece of System V memory, and removes the folder.
    private static let watch = #"""
        folder=$1
        end() {
            kill "$asleep"
            lock=$folder/data/postmaster.pid
            tries=0
            while read -r server <"$lock" && kill -0 "$server"; do
                tries=$((tries + 1))
                if [ "$tries" -gt 100 ]; then kill -9 "$server"; fi
                if [ "$tries" -gt 150 ]; then break; fi
                sleep 0.1
            done
            if [ -f "$lock" ]; then
                memory=$(sed -n 7p "$lock")
                ipcrm -m "${memory##* }"
            fi
            rm -rf "$folder"
            exit 0
        }
        asleep=0
        trap end TERM
        sleep infinity &
        asleep=$!
        wait "$asleep"
        """#
}
