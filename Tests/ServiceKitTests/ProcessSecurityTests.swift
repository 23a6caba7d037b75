import Contracts
import RPC
import RPCZeroMQ
import TestSupport
import Testing
import ZeroMQ

@testable import ServiceKit

@Suite("A process that is called over tcp", .timeLimit(.minutes(2)))
struct ProcessSecurityTests {
    private let folder: TemporaryDirectory
    private let own = CurveKeyPair.make()
    private let caller = CurveKeyPair.make()

    init() throws {
        folder = try TemporaryDirectory()
        try secret("own.key", SecretKeyFile.text(.transport, name: "test-service", secret: own.secretText))
        try secret("open.key", SecretKeyFile.text(.transport, name: "test-service", secret: own.secretText), mode: 0o640)
        try secret("signing.key", SecretKeyFile.text(.signing, name: "test-service", secret: "x"))
        try secret("short.key", "curve-secret 123\n")
        try folder.write("olp \(caller.publicKey)\n", to: "callers")
        try folder.write("olp \(caller.publicKey)\nnonsense\n", to: "broken")
    }

    private func secret(_ name: String, _ text: String, mode: UInt32 = 0o600) throws {
        try FilePermissions.set(mode, folder.write(text, to: name))
    }

    /// Arguments with `@name` for a file of the test.
    private func arguments(_ words: [String]) -> [String] {
        words.map { $0.hasPrefix("@") ? folder.file(String($0.dropFirst())) : $0 }
    }

    @Test(
        "does not start unless it has its keys, or plain tcp is asked for by name",
        arguments: [
            (["--listen", "tcp://127.0.0.1:*"], ExitCode.configuration, "listen: tcp://127.0.0.1:* needs key-file and allowed-callers"),
            (["--listen", "tcp://127.0.0.1:*", "--key-file", "@own.key"], .configuration, "needs key-file and allowed-callers"),
            (["--peer-partnership", "tcp://h:1"], .configuration, "peer-partnership: tcp://h:1 needs key-file and known-services"),
            (["--plain-tcp", "true", "--key-file", "@own.key"], .configuration, "exclude each other"),
            (["--key-file", "@none.key"], .configuration, "none.key: No such file"),
            (["--key-file", "@open.key"], .permission, "open.key: others than its owner may read"),
            (["--key-file", "@signing.key"], .configuration, "one line \"curve-secret KEY\""),
            (["--key-file", "@short.key"], .configuration, "a key has 40 characters, and this is 3"),
            (["--key-file", "@own.key", "--allowed-callers", "@none"], .configuration, "none: No such file"),
            (["--key-file", "@own.key", "--allowed-callers", "@broken"], .configuration, "broken:2: the key of nonsense"),
            (
                ["--key-file", "@own.key", "--known-services", "@callers", "--peer-partnership", "tcp://h:1"], .configuration,
                "callers has no key of partnership"
            ),
        ])
    func refused(words: [String], code: ExitCode, message: String) async {
        let process = TestProcess(folder)
        #expect(await process.run(.test(peers: ["partnership"]), arguments(words)) == code)
        #expect(process.errors.contains(message), "\(process.errors)")
        #expect(!process.errors.contains(own.secretText))
    }

    @Test("checks its keys with --check-config too")
    func checked() async {
        let process = TestProcess(folder)
        let words = ["--check-config", "--key-file", "@own.key", "--allowed-callers"]
        #expect(await process.run(.test(), arguments(words + ["@broken"])) == .configuration)
        #expect(await process.run(.test(), arguments(words + ["@callers"])) == .success)
    }

    @Test("answers whom its list names, and follows the list while it runs")
    func served() async throws {
        let process = TestProcess(folder)
        let words = ["--listen", "tcp://127.0.0.1:*", "--key-file", "@own.key", "--allowed-callers", "@callers"]
        async let code = process.run(.test(), arguments(words))
        let line = try await poll(for: "the log says where") {
            process.logLines.first { $0.contains("answering calls") }?.firstMatch(of: #/tcp://[0-9.:]+/#)?.output
        }
        let services = try folder.write("test-service \(own.publicKey)\n", to: "services")
        let transport = ZeroMQTransport(
            identity: ProcessIdentity(service: "olp", instanceID: "1", build: "test"),
            security: .curve(own: caller, callers: nil, services: try KeyListFile(services)))
        let channel = try transport.channel(to: Endpoint(String(line)), service: "test-service")
        let health = HealthClient(channel)
        _ = try await health.check(.init(), options: CallOptions(waitForReady: true))
        try folder.write("nonsense\n", to: "callers")
        try await process.logs("the list as it was goes on: line 1: the key of nonsense is missing")
        _ = try await health.check(.init())
        try folder.write("other \(CurveKeyPair.make().publicKey)\n", to: "callers")
        try await process.logs("was read anew: 1 keys")
        channel.close()
        transport.shutDown()
        process.send()
        #expect(await code == .success)
    }
}
