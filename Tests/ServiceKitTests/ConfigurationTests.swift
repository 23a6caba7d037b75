import Logging
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Configuration")
struct ConfigurationTests {
    private static let size = ConfigurationKey<Int>("batch-size", default: 10, in: 1...100, "How many at once.")
    private static let secret = ConfigurationKey<Int>(
        name: "pin", documentation: "A secret.", placeholder: "NUMBER", defaultText: nil, isRequired: false,
        isSecret: true, fallback: 0, read: { text throws(UnreadableValue) in try Int(configurationText: text) })
    private static let required = ConfigurationKey<String>(required: "owner", "Whose it is.")
    private static let keys: [any DeclaredKey] = [size, secret, CommonKeys.logLevel]

    private func read(
        _ arguments: [String] = [], _ environment: [String: String] = [:], file: String = "",
        keys: [any DeclaredKey] = keys
    ) throws(ConfigurationProblem) -> Configuration {
        let commandLine = try CommandLineReader(arguments, keys: keys)
        return try Configuration(
            service: "test-service", keys: keys, commandLine: commandLine, environment: environment,
            readFile: { _ throws(ConfigurationProblem) in file })
    }

    private func problem(
        _ arguments: [String] = [], _ environment: [String: String] = [:], file: String = "",
        keys: [any DeclaredKey] = keys
    ) -> String {
        do throws(ConfigurationProblem) {
            _ = try read(arguments, environment, file: file, keys: keys)
            return "no problem"
        } catch {
            return "\(error.exitCode.rawValue) \(error)"
        }
    }

    @Test(
        "flags count before the environment, the environment before the file, the file before the default",
        arguments: [
            (["--batch-size", "1"], "2", "batch-size = 3", 1),
            (["--batch-size=1"], "", "batch-size = 3", 1),
            ([], "2", "batch-size = 3", 2),
            ([], "", "batch-size = 3", 3),
            ([], "", "# nothing", 10),
        ])
    func precedence(arguments: [String], variable: String, file: String, expected: Int) throws {
        let environment = ["OLP_TEST_SERVICE_BATCH_SIZE": variable, "OLP_TEST_SERVICE_CONFIG": "f", "OLP_OTHER_X": "1"]
        #expect(try read(arguments, environment, file: file)[Self.size] == expected)
    }

    @Test(
        "what is not known is named, with the nearest that is",
        arguments: [
            (["--batchsize", "1"], "64 unknown flag --batchsize; did you mean --batch-size?"),
            (["--log-levle=info"], "64 unknown flag --log-levle; did you mean --log-level?"),
            (["--frobnicate"], "64 unknown flag --frobnicate"),
            (["now"], "64 \"now\" is not a flag; write --key value, or --help for the list of keys"),
            (["--batch-size"], "64 --batch-size needs a value"),
            (["--batch-size", "1", "--batch-size=2"], "64 --batch-size is given twice"),
            (["--batch-size", "many"], "64 --batch-size \"many\" cannot be used: it must be a whole number"),
            (["--batch-size", "0"], "64 --batch-size \"0\" cannot be used: it must be 1 to 100"),
            (
                ["--log-level", "loud"],
                "64 --log-level \"loud\" cannot be used: it must be one of "
                    + "trace, debug, info, notice, warning, error, critical"
            ),
        ])
    func wrongCommandLine(arguments: [String], expected: String) {
        #expect(problem(arguments) == expected)
    }

    @Test(
        "an unknown variable with the service's prefix is refused by name",
        arguments: [
            ("OLP_TEST_SERVICE_BATCHSIZE", "did you mean OLP_TEST_SERVICE_BATCH_SIZE?"),
            ("OLP_TEST_SERVICE_SERVICE_HOST", "turn enableServiceLinks off"),
        ])
    func unknownVariable(name: String, hint: String) {
        let message = problem([], [name: "1"])
        #expect(message.hasPrefix("78 environment variable \(name): unknown variable"))
        #expect(message.contains(hint))
    }

    @Test(
        "a wrong line of the file is named by its number",
        arguments: [
            ("batch-size = 1\nbach-size = 2", "78 f:2: unknown key \"bach-size\"; did you mean batch-size?"),
            ("batch-size = 1\n\nbatch-size = 2", "78 f:3: batch-size is given twice; the first is on line 1"),
            ("hunter2", "78 f:1: expected \"key = value\""),
            ("batch-size = x", "78 f:1: batch-size \"x\" cannot be used: it must be a whole number"),
        ])
    func wrongFile(text: String, expected: String) {
        #expect(problem(["--config", "f"], file: text) == expected)
    }

    @Test("a comment begins at the start of a line or after a blank, and nowhere else")
    func comments() throws {
        let key = ConfigurationKey<String>("owner", default: "", "Whose it is.")
        let text = "# all\n  owner = a#b c  # and why\r\n"
        #expect(try read(["--config", "f"], file: text, keys: [key])[key] == "a#b c")
    }

    @Test(
        "a secret is not quoted, wherever it is wrong",
        arguments: [
            (["--pin", "hunter2"], "", ""), ([], "hunter2", ""), ([], "", "pin = hunter2"),
        ])
    func secrets(arguments: [String], variable: String, file: String) {
        let environment = ["OLP_TEST_SERVICE_PIN": variable, "OLP_TEST_SERVICE_CONFIG": "f"]
        let message = problem(arguments, environment, file: file)
        #expect(message.contains("pin") && !message.contains("hunter2"))
    }

    @Test("a key that is needed and not given is named with all ways to give it")
    func missing() {
        #expect(
            problem(keys: [Self.required]) == "78 owner is not configured. Whose it is. "
                + "Give --owner, OLP_TEST_SERVICE_OWNER, or a line \"owner = …\" in the file.")
    }

    @Test(
        "values are read as people write them, and written the same way",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
            ("0s", .zero), ("90s", .seconds(90)),
        ])
    func durations(text: String, duration: Duration) throws {
        #expect(try Duration(configurationText: text) == duration)
        #expect(duration.configurationText == text)
    }

    @Test(
        "sizes are read and written with their units",
        arguments: [
            ("65537", 65_537), ("512KiB", 512 << 10), ("4MiB", 4 << 20), ("1GiB", 1 << 30), ("0", 0),
        ])
    func byteCounts(text: String, bytes: Int) throws {
        #expect(try ByteCount(configurationText: text).bytes == bytes)
        #expect(ByteCount(bytes).configurationText == text)
    }

    @Test(
        "what is no duration, size or address is refused",
        arguments: ["", "1", "s", "-1s", "1.5s", "1 s", "99999999999s"])
    func wrongDurations(text: String) {
        #expect(throws: UnreadableValue.self) { try Duration(configurationText: text) }
    }

    @Test("what is no size is refused", arguments: ["", "KiB", "-1", "1kb", "1 MiB", "99999999999GiB"])
    func wrongSizes(text: String) {
        #expect(throws: UnreadableValue.self) { try ByteCount(configurationText: text) }
    }

    @Test(
        "addresses have a host and a port",
        arguments: [
            ("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:7101", "::1", 7101), ("localhost:65535", "localhost", 65_535),
        ])
    func addresses(text: String, host: String, port: Int) throws {
        #expect(try HostAndPort(configurationText: text) == HostAndPort(host: host, port: port))
        #expect(HostAndPort(host: host, port: port).configurationText == text)
    }

    @Test("what has no host or no port is no address", arguments: ["7101", ":7101", "a:", "a:65536", "::1:80", "[]:1"])
    func wrongAddresses(text: String) {
        #expect(throws: UnreadableValue.self) { try HostAndPort(configurationText: text) }
    }
}
