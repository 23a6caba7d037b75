import ChildProcess
import Foundation
import Glibc
import Synchronization

/// A PostgreSQL server of its own for tests, with its data in a folder under /tmp. It serves on a free port of
/// 127.0.0.1 and on a socket in that folder. Server and folder are gone when the last reference is, or this process,
/// however it ends.
///
/// Making one takes about a second; what needs no server to itself takes a schema of `SharedPostgres`.
package final class PostgresCluster: Sendable {
    /// What a cluster is made for.
    package struct Options: Sendable {
        /// Whether a commit waits for the disk. Off, unless the test is about what outlives a crash.
        package var isDurable: Bool
        /// More settings of the server, such as `max_connections`.
        package var settings: [String: String]

        package init(isDurable: Bool = false, settings: [String: String] = [:]) {
            self.isDurable = isDurable
            self.settings = settings
        }
    }

    package enum StopMode: Sendable {
        /// Ends what runs and writes everything down.
        case fast
        /// Leaves everything as it is; the next start recovers. What `pg_ctl stop -m immediate` does.
        case immediate

        var signal: Int32 { self == .fast ? SIGINT : SIGQUIT }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The superuser, and the password that it connects with from anywhere.
    package static let user = "app"
    package static let password = "only-for-tests"

    /// The TCP port; it stays the same when the server is started again.
    package let port: Int
    let options: Options
    let programs: PostgresPrograms
    let folder: PostgresFolder
    /// The server while it runs, or as it ended last.
    private let server = Mutex<RunningProcess?>(nil)

    private init(_ options: Options, programs: PostgresPrograms, folder: PostgresFolder) throws {
        self.options = options
        self.programs = programs
        self.folder = folder
        port = try freePort()
    }

    deinit {
        server.withLock { _ = $0?.send(signal: SIGQUIT) }
    }

    // MARK: Life

    /// Makes a cluster and starts it. Throws if there is no PostgreSQL on this machine.
    package static func start(_ options: Options = Options()) async throws -> PostgresCluster {
        try await make(options) { cluster in
            try cluster.folder.write(password, to: "password", for: cluster.programs.account)
            // What SCRAM costs each connection on purpose is more than most tests do with it.
            let logins = options.isDurable ? "scram-sha-256" : "md5"
            try await cluster.run("initdb", [
                "-D", cluster.folder.data, "-A", logins, "-U", user,
                "--pwfile=\(cluster.folder.path)/password", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            ])
        }
    }

    /// Fills a folder and starts a server on it; once more with another port should its own be taken meanwhile.
    static func make(_ options: Options, fill: (PostgresCluster) async throws -> Void) async throws -> PostgresCluster {
        let programs = try PostgresPrograms.found.get()
        var tries = 3
        while true {
            tries -= 1
            let folder = try await PostgresFolder(programs: programs)
            let cluster = try PostgresCluster(options, programs: programs, folder: folder)
            try await fill(cluster)
            do {
                try await cluster.start()
                return cluster
            } catch let failure as Failure where tries > 0 && failure.description.contains("in use") {
                continue
            }
        }
    }

    /// Starts the server again after `stop` or `kill`. Returns when it serves.
    package func start(timeout: Duration = .seconds(60)) async throws {
        var settings = [
            "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": folder.path,
            // In the folder, so that nothing of it stays behind in /dev/shm.
            "dynamic_shared_memory_type": "mmap",
            "max_connections": "300", "max_locks_per_transaction": "512", "shared_buffers": "32MB",
            "wal_retrieve_retry_interval": "200ms",
        ]
        if !options.isDurable { settings.merge(["fsync": "off", "full_page_writes": "off"]) { $1 } }
        settings.merge(options.settings) { $1 }
        let words = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let process = try await launch("postgres", ["-D", folder.data] + words, output: folder.log)
        server.withLock { $0 = process }
        try await poll(until: "PostgreSQL on port \(port) serves", timeout: timeout, interval: .milliseconds(5)) {
            if let status = process.status { throw self.failure("PostgreSQL ended while it started: \(status)") }
            // One that was killed has left the file; it is not ours until it names us.
            let lines = (try? String(contentsOfFile: folder.lockFile, encoding: .utf8))?.split(separator: "\n") ?? []
            guard lines.count >= 8, lines[0] == "\(process.pid)" else { return false }
            return ["ready", "standby"].contains(lines[7].trimmingCharacters(in: .whitespaces))
        }
    }

    /// Stops the server and returns when it has ended.
    package func stop(_ mode: StopMode = .fast, timeout: Duration = .seconds(30)) async throws {
        let process = running
        process?.send(signal: mode.signal)
        try await poll(until: "PostgreSQL on port \(port) stops", timeout: timeout) { process?.status != nil }
    }

    package func restart(_ mode: StopMode = .fast) async throws {
        try await stop(mode)
        try await start()
    }

    /// Kills the server and all its processes at once, as a power cut would. Returns when they are gone.
    package func kill() async throws {
        guard let process = running else { return }
        // Stopped first, or it would notice that a child died and begin to recover.
        process.send(signal: SIGSTOP)
        let children = ProcessTable.children(of: process.pid)
        for child in children { _ = Glibc.kill(child, SIGKILL) }
        process.send(signal: SIGKILL)
        await process.ended()
        try await poll(until: "the processes of a killed PostgreSQL are gone", timeout: .seconds(30)) {
            !children.contains(where: ProcessTable.isAlive)
        }
    }

    /// Stops all its processes where they are (SIGSTOP): connections stay open and nobody answers. `thaw` lets them go
    /// on.
    package func freeze() { signalAll(SIGSTOP) }

    package func thaw() { signalAll(SIGCONT) }

    private func signalAll(_ signal: Int32) {
        guard let process = running else { return }
        process.send(signal: signal)
        for child in ProcessTable.children(of: process.pid) { _ = Glibc.kill(child, signal) }
    }

    private var running: RunningProcess? {
        server.withLock { process in process?.status == nil ? process : nil }
    }

    package var isRunning: Bool { running != nil }

    /// Where its data and its log are.
    package var folderPath: String { folder.path }

    // MARK: Use

    /// Where to connect. With a schema it is a location for `Store`, which makes it; libpq does not know that word.
    package func url(database: String = "postgres", schema: String? = nil) -> String {
        Self.url(of: [self], database: database, schema: schema)
    }

    /// Where to connect when there are several servers of which one takes writes.
    package static func url(
        of clusters: [PostgresCluster], database: String = "postgres", schema: String? = nil
    ) -> String {
        let hosts = clusters.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        var options = clusters.count > 1 ? ["target_session_attrs=read-write"] : []
        if let schema { options.append("schema=\(schema)") }
        let query = options.isEmpty ? "" : "?" + options.joined(separator: "&")
        return "postgresql://\(user):\(password)@\(hosts)/\(database)\(query)"
    }

    /// Runs statements as the superuser, each a transaction of its own, and gives what they print: a line a row, `|`
    /// between columns. Does not wait for a standby, even where commits do.
    /// - Parameter schema: where tables are made and looked for.
    @discardableResult
    package func execute(
        _ statements: String..., database: String = "postgres", schema: String = "public"
    ) async throws -> String {
        let words = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(database: database)]
        let settings = "-c synchronous_commit=local -c statement_timeout=60000 -c search_path=\(schema)"
        let outcome = try await Program.run(
            "\(programs.folder)/psql", words + statements.flatMap { ["-c", $0] },
            environment: ["PGOPTIONS": settings, "PGCONNECT_TIMEOUT": "10"])
        guard outcome.isSuccess else { throw failure("psql: \(outcome)") }
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// What the server has logged.
    package func logText() -> String {
        (try? String(contentsOfFile: folder.log, encoding: .utf8)) ?? ""
    }

    // MARK: Programs

    /// Runs one of the server's programs to its end, as the server's user.
    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws {
        let command = programs.command(program, arguments)
        let outcome = try await Program.run(
            command.executable, command.arguments, environment: environment, directory: "/tmp")
        guard outcome.isSuccess else { throw failure("\(program): \(outcome)") }
    }

    private func launch(_ program: String, _ arguments: [String], output: String) async throws -> RunningProcess {
        let command = programs.command(program, arguments)
        return try await RunningProcess.start(
            Launch(command.executable, arguments: command.arguments, environment: Program.environment(),
                   directory: "/tmp", output: .append(to: output), error: .append(to: output), bond: .ownGroup,
                   signalWithParent: SIGQUIT))
    }

    private func failure(_ text: String) -> Failure {
        Failure(description: "\(text)\n--- the end of the server's log\n\(logText().suffix(2000))")
    }
}
