import Storage
import TestSupport
import Testing

@testable import ServiceKit

@Suite("What a process says of itself")
struct CommandLineTests {
    @Test("help lists every key with its default, its variable and its meaning, and every exit code")
    func help() async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            let definition = ServiceDefinition.test(peers: ["partnership"], store: StoreDefinition(migrations: []))
            #expect(await process.run(definition, ["--help"], ownPlaces: false) == .success)
            for key in definition.allKeys {
                #expect(process.output.contains("--\(key.name) \(key.placeholder)"))
                #expect(process.output.contains(EnvironmentReader.variable(service: "test-service", key: key.name)))
            }
            #expect(process.output.contains("Default: 127.0.0.1:7199"))
            for request in CommandLineReader.Request.allCases where request != .help {
                #expect(process.output.contains("  --\(request.rawValue)"))
            }
            for code in ExitCode.allCases { #expect(process.output.contains("\(code.rawValue)")) }
            #expect(process.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test("the version is one line")
    func version() async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            #expect(await process.run(.test(), ["--version"], ownPlaces: false) == .success)
            #expect(process.output == "olp-test-service \(Release.version)")
        }
    }

    @Test("a configuration can be checked without starting anything")
    func check() async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            let definition = ServiceDefinition.test { _ in
                Issue.record("it was assembled")
                return ServiceAssembly()
            }
            #expect(await process.run(definition, ["--check-config"]) == .success)
            #expect(process.logLines.isEmpty)
        }
    }

    @Test("a store can be brought up to date without starting anything, and again")
    func migrated() async throws {
        try await withTemporaryDirectory { folder in
            let migration = Migration(name: "001_notes", sql: ["CREATE TABLE notes (id TEXT PRIMARY KEY)"])
            let definition = ServiceDefinition.test(store: StoreDefinition(migrations: [migration])) { environment in
                _ = try await environment.store.read { try $0.rows("SELECT id FROM notes") }
                return ServiceAssembly()
            }
            for _ in 0..<2 {
                let process = TestProcess(folder)
                #expect(await process.run(definition, ["--migrate-only"]) == .success)
                #expect(process.output.contains("up to date"))
                #expect(!process.logLines.contains { $0.contains("answering calls") || $0.contains("serving probes") })
            }
            let running = TestProcess(folder)
            async let code = running.run(definition)
            try await running.logs("answering calls")
            let late = TestProcess(folder)
            #expect(await late.run(definition, ["--migrate-only"]) == .temporaryFailure)
            running.send()
            #expect(await code == .success)
        }
    }

    @Test("a process that keeps no store has nothing to bring up to date")
    func nothingToMigrate() async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            #expect(await process.run(.test(), ["--migrate-only"]) == .success)
            #expect(process.output.contains("keeps no store"))
        }
    }

    @Test("a probe says what the running process says: ready, why not, or that nobody is there")
    func probed() async throws {
        try await withTemporaryDirectory { folder in
            let trouble = Events()
            let definition = ServiceDefinition.test { _ in
                var assembly = ServiceAssembly()
                assembly.readiness = [ReadinessCheck("peer") { trouble.all.isEmpty ? nil : "it is away" }]
                return assembly
            }
            let running = TestProcess(folder)
            async let code = running.run(definition)
            try await running.logs("serving probes")
            let port = try #require(running.adminPort)
            // As in a container, where it listens at all addresses.
            let words = ["--probe", "--admin", "0.0.0.0:\(port)"]
            let first = TestProcess(folder)
            try await poll(until: "ready") { await first.run(definition, words, ownPlaces: false) == .success }
            #expect(first.output == "ready")
            trouble.add("away")
            try await running.nextRound()
            let second = TestProcess(folder)
            try await poll(until: "not ready") {
                await second.run(definition, words, ownPlaces: false) == .unavailable
            }
            #expect(second.errors == "olp-test-service: not ready; peer: it is away")
            running.send()
            #expect(await code == .success)
            let third = TestProcess(folder)
            #expect(await third.run(definition, words, ownPlaces: false) == .unavailable)
            #expect(third.errors.contains("127.0.0.1:\(port)"))
        }
    }

    @Test(
        "a file of secrets is its user's alone, or root's and one group may read it",
        arguments: [
            (501, 0o600, true), (501, 0o400, true), (501, 0o640, false), (501, 0o604, false), (0, 0o440, true),
            (0, 0o640, true), (0, 0o600, false), (0, 0o444, false), (0, 0o460, false), (502, 0o400, false),
            (502, 0o440, false),
        ] as [(UInt32, UInt32, Bool)])
    func secrets(owner: UInt32, mode: UInt32, isPrivate: Bool) {
        #expect(SystemFile.isPrivate(owner: owner, mode: mode, to: 501) == isPrivate)
    }

    @Test(
        "a start that fails says why and gives the exit code of the cause",
        arguments: [
            (["--nonsense"], ExitCode.usage, "unknown flag --nonsense"),
            (["--config", "/nonexistent/olp.conf"], .configuration, "/nonexistent/olp.conf: cannot be read"),
            (["--listen", "http://x"], .configuration, "only ipc:// and tcp:// are served"),
            (["--listen", "ipc:///" + String(repeating: "x", count: 120)], .configuration, "use a shorter folder"),
            (["--store", "/proc/nonexistent/store.sqlite"], .cannotCreate, "cannot make the folder of the store"),
        ])
    func failures(arguments: [String], code: ExitCode, message: String) async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            let definition = ServiceDefinition.test(store: StoreDefinition(migrations: []))
            let places = ["--runtime-folder", folder.file("run"), "--admin", "127.0.0.1:0"]
            #expect(await process.run(definition, arguments + places, ownPlaces: false) == code)
            #expect(process.errors.hasPrefix("olp-test-service: "))
            #expect(process.errors.contains(message))
        }
    }

    @Test("a runtime folder that others can write to is refused")
    func unsafeFolder() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write("", to: "run/x")
            try FilePermissions.set(0o777, folder.file("run"))
            let process = TestProcess(folder)
            #expect(await process.run(.test()) == .permission)
            #expect(process.errors.contains("others may write to it"))
        }
    }

    @Test("a store that another process has is exit code 75, and its socket is left alone")
    func storeHeld() async throws {
        try await withTemporaryDirectory { folder in
            let definition = ServiceDefinition.test(store: StoreDefinition(migrations: []))
            let first = TestProcess(folder)
            async let running = first.run(definition)
            try await first.logs("answering calls")
            let second = TestProcess(folder)
            #expect(await second.run(definition) == .temporaryFailure)
            first.send()
            #expect(await running == .success)
        }
    }

    @Test("an admin address that is in use is exit code 69, and named")
    func adminInUse() async throws {
        try await withTemporaryDirectory { folder in
            let socket = try ListeningSocket()
            let process = TestProcess(folder)
            let code = await process.run(
                .test(), ["--admin", "127.0.0.1:\(socket.port)", "--runtime-folder", folder.file("run")],
                ownPlaces: false)
            #expect(code == .unavailable)
            #expect(process.errors.contains("127.0.0.1:\(socket.port)"))
        }
    }
}
