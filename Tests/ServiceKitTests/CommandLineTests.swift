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
            #expect(await second.run(definition) == .storeHeld)
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
