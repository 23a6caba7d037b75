import ChildProcess
import Glibc
import TestSupport
import Testing

@Suite("A started process")
struct RunningProcessTests {
    private func shell(_ script: String, bond: Launch.Bond = .ownGroup, signalWithParent: Int32? = SIGKILL) -> Launch {
        Launch(
            "/bin/sh", arguments: ["-c", script], environment: ["A": "b"], bond: bond,
            signalWithParent: signalWithParent)
    }

    @Test("tells its exit code to everyone who waits")
    func exitCode() async throws {
        let process = try await RunningProcess.start(shell("exit 7"))
        async let first = process.ended()
        async let second = process.ended()
        #expect(await first == .exited(7))
        #expect(await second == .exited(7))
        #expect(process.status == .exited(7))
        #expect(process.send(signal: SIGTERM) == false)
    }

    @Test("tells which signal ended it")
    func killed() async throws {
        let process = try await RunningProcess.start(shell("kill -9 $$"))
        #expect(await process.ended() == .killed(signal: SIGKILL))
    }

    @Test("gets its arguments, environment and folder, and writes where it is told")
    func setting() async throws {
        try await withTemporaryDirectory { folder in
            var launch = shell("echo \"$0 $A $(pwd)\"; echo oh >&2")
            launch.arguments.append("zero")
            launch.directory = folder.path
            launch.output = .append(to: folder.file("log"))
            launch.error = .append(to: folder.file("log"))
            let process = try await RunningProcess.start(launch)
            #expect(await process.ended() == .exited(0))
            #expect(try folder.read("log") == "zero b \(folder.path)\noh\n")
        }
    }

    @Test("that cannot start says which program and why")
    func missing() async throws {
        let error = try await #require(throws: LaunchError.self) {
            try await RunningProcess.start(Launch("/nowhere/at-all", environment: [:]))
        }
        #expect(error.description == "cannot start /nowhere/at-all: No such file or directory")
    }

    @Test("inherits no descriptor and no blocked or ignored signal")
    func clean() async throws {
        try await withTemporaryDirectory { folder in
            var launch = shell(
                "ls /proc/self/fd | wc -l; sed -nE 's/^Sig(Blk|Ign):.*(........)$/\\2/p' /proc/self/status")
            launch.output = .append(to: folder.file("log"))
            let process = try await RunningProcess.start(launch)
            await process.ended()
            let seen = try folder.read("log").split(separator: "\n")
            // 0, 1, 2 and the one that `ls` opens itself.
            #expect(seen.first == "4")
            #expect(seen.count == 3)
            for mask in seen.dropFirst() {
                // Signals 1 to 31; the C library keeps 32 and 33 to itself.
                #expect(UInt32(mask, radix: 16).map { $0 & 0x7fff_ffff } == 0, "\(seen)")
            }
        }
    }

    @Test("does not hold up a waiting task that is cancelled")
    func cancelled() async throws {
        let process = try await RunningProcess.start(shell("exec sleep 1000"))
        let waiting = Task { await process.ended() }
        waiting.cancel()
        #expect(await waiting.value == nil)
        process.send(signal: SIGKILL)
        #expect(await process.ended() == .killed(signal: SIGKILL))
    }
}
