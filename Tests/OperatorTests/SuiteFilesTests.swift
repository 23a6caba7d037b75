import ChildProcess
import Contracts
import Foundation
import OperatorCommands
import TestSupport
import Testing

@Suite("What a suite leaves for the other commands")
struct SuiteFilesTests {
    private func surroundings(_ folder: TemporaryDirectory) -> Surroundings {
        Surroundings(
            environment: [:], workingDirectory: folder.path, userID: 0, userName: "pat", executable: "/usr/bin/olp")
    }

    private let state = SuiteState(
        pid: 42, startedAt: Date(timeIntervalSince1970: 1_506_643_200), url: "http://127.0.0.1:8080",
        tokenFile: "/data/gateway/token",
        services: [
            .init(
                name: "partnership", endpoint: "ipc:///run/p.sock", adminPort: 7, pid: 43, phase: .ready, restarts: 0,
                log: "/data/logs/partnership.log"),
            .init(name: "gateway", endpoint: nil, adminPort: 8, pid: nil, phase: .waiting, restarts: 2, log: "/l"),
        ])

    @Test("the state is read as it was written")
    func roundTrip() async throws {
        try await withTemporaryDirectory { folder in
            try state.write(to: folder.file("suite.json"))
            #expect(try SuiteState.read(folder.file("suite.json")) == state)
            #expect(try SuiteState.read(folder.file("none")) == nil)
        }
    }

    @Test("a state file of something else is refused")
    func broken() async throws {
        try await withTemporaryDirectory { folder in
            let path = try folder.write("{\"pid\": ", to: "suite.json")
            let failure = try #require(throws: Failure.self) { try SuiteState.read(path) }
            #expect(failure.message == "\(path) is not a state file of this release")
        }
    }

    @Test("a lock that cannot be looked at is not taken for one that nobody holds")
    func lockOutOfSight() async throws {
        try await withTemporaryDirectory { folder in
            #expect(try !SuiteLock.isHeld(folder.file("suite.lock")))
            let path = try folder.write("", to: "file") + "/suite.lock"
            let failure = try #require(throws: Failure.self) { try SuiteLock.isHeld(path) }
            #expect(failure.exit == .failure)
            #expect(failure.message == "cannot see whether a suite runs: \(path): Not a directory")
        }
    }

    @Test("a state that nobody holds the lock of does not count")
    func staleState() async throws {
        try await withTemporaryDirectory { directory in
            let surroundings = surroundings(directory)
            let folder = SuiteFolder(path: directory.file("data"), surroundings: surroundings)
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            try state.write(to: folder.state)
            let failure = try #require(throws: Failure.self) { try SuiteState.running(in: folder, surroundings) }
            #expect(failure.exit == .notRunning)
            #expect(failure.advice == "Start one with: olp up --data data")
            let lock = try #require(try SuiteLock(folder.lock))
            #expect(try SuiteState.running(in: folder, surroundings) == state)
            #expect(try SuiteLock(folder.lock) == nil)
            withExtendedLifetime(lock) {}
        }
    }

    @Test("events change the state and are told")
    func recorder() async throws {
        try await withTemporaryDirectory { folder in
            let heard = Heard()
            let path = folder.file("suite.json")
            let recorder = SuiteRecorder(state, path: path, console: heard.console)
            recorder.tell(.started(name: "gateway", pid: 44, adminPort: 9))
            #expect(try SuiteState.read(path)?.service("gateway")?.phase == .starting)
            recorder.tell(.ready(name: "gateway", after: .milliseconds(1250)))
            #expect(try SuiteState.read(path)?.isReady == true)
            recorder.tell(.died(name: "gateway", how: .killed(signal: 9), restartIn: .milliseconds(400)))
            let gateway = try #require(try SuiteState.read(path)?.service("gateway"))
            #expect((gateway.pid, gateway.phase, gateway.restarts) == (nil, .waiting, 3))
            recorder.tell(.died(name: "gateway", how: .exited(75), restartIn: .milliseconds(800)))
            #expect(
                heard.errors == """
                    gateway is ready after 1.2s
                    gateway ended by itself (signal 9); starting it again in 0.4s
                    gateway cannot have its store yet; its log says why; trying again in 0.8s

                    """)
        }
    }

    @Test("a large log is put aside, and the oldest of those aside goes")
    func rotation() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.file("a.log")
            for round in 1...5 {
                try folder.write("round \(round)\n", to: "a.log")
                LogFile.rotate(path, above: 3)
            }
            LogFile.rotate(path, above: 3)
            #expect(try (1...3).map { try folder.read("a.log.\($0)") } == ["round 5\n", "round 4\n", "round 3\n"])
            #expect(!FileManager.default.fileExists(atPath: folder.file("a.log.4")))
            try folder.write("small", to: "a.log")
            LogFile.rotate(path, above: 5)
            #expect(try folder.read("a.log") == "small")
        }
    }

    @Test("the end of a log is its last lines")
    func tail() async throws {
        try await withTemporaryDirectory { folder in
            let path = try folder.write((1...5000).map { "line \($0)\n" }.joined(), to: "a.log")
            #expect(LogFile.tail(path, lines: 2) == ["line 4999", "line 5000"])
            #expect(LogFile.tail(folder.file("none"), lines: 2) == [])
        }
    }
}

/// A console that keeps what is said.
final class Heard: Sendable {
    private let kept = LockedTexts()
    let console: Console

    init(isInteractive: Bool = false) {
        let kept = kept
        console = Console(output: kept.addOutput, error: kept.addError, isInteractive: isInteractive)
    }

    var output: String { kept.texts.output }
    var errors: String { kept.texts.error }
}
