import Testing

/// A law that nothing can break is no law: each is shown something that breaks it, and something that does not.
@Suite("Every law can be broken")
struct LawsCanFailTests {
    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

    @Test(
        "importing upwards is refused, downwards is not",
        arguments: [
            ("Shared/RPC/A.swift", "import Contracts", false),
            ("Shared/RPC/A.swift", "package import Wire", true),
            ("Shared/Contracts/A.swift", "import RPCZeroMQ", false),
            ("Shared/ServiceKit/A.swift", "internal import PartnershipService", false),
            ("Shared/Storage/A.swift", "import CZeroMQ", false),
            ("Shared/Unheard/A.swift", "import Wire", false),
            ("Services/Enrolment/Service/Assembly.swift", "import PartnershipService", false),
            ("Services/Partnership/Service/Domain/A.swift", "import Values", true),
            ("Services/Partnership/Service/Domain/A.swift", "import Foundation", false),
            ("Services/Partnership/Service/Domain/A.swift", "import struct Foundation.Date", false),
            ("Services/Partnership/Service/Handlers/A.swift", "import Storage", false),
            ("Services/Partnership/Service/Handlers/A.swift", "import Contracts", true),
            ("Services/Partnership/Service/Store/A.swift", "import Contracts", false),
            ("Services/Partnership/Service/Store/A.swift", "import Storage", true),
            ("Tests/RPCTests/A.swift", "import CZeroMQ", false),
            ("Tests/RPCTests/A.swift", "@testable import Partnership", false),
            ("Shared/RPC/A.swift", "// import Contracts\nlet text = \"import Contracts\"", true),
            ("Shared/RPC/A.swift", "func f(import: Int) { use(`import`, import: 1) }", true),
        ])
    func imports(path: String, text: String, isLawful: Bool) {
        #expect(ImportLaw.violations(in: file(path, text)).isEmpty == isLawful)
    }

    @Test("a complaint names the file, the line and what to do")
    func message() throws {
        let violation = try #require(ImportLaw.violations(in: file("Shared/RPC/A.swift", "\n\nimport CSodium")).first)
        #expect(violation.description == "Shared/RPC/A.swift:3: CSodium is imported by Sodium only: use its Swift API")
    }

    @Test(
        "trust that is not on the list is refused",
        arguments: [
            "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
        ])
    func trust(text: String) {
        #expect(WordLaws.trust(in: file("Shared/RPC/A.swift", text)).count == 1)
        #expect(WordLaws.trust(in: file("Shared/ZeroMQ/New.swift", text)).count == 1)
        #expect(WordLaws.trust(in: file("Shared/RPC/A.swift", "/* \(text) */ let b = 1")).isEmpty)
    }

    @Test("a long file and a long function are refused, a generated one is not")
    func sizes() {
        let long = "func long() {\n" + String(repeating: "    step()\n", count: 70) + "}\n"
        let just = "func just() {\n" + String(repeating: "    step()\n", count: 68) + "}\n"
        #expect(SizeLaw.violations(in: file("Shared/RPC/A.swift", long)).count == 1)
        #expect(SizeLaw.violations(in: file("Shared/RPC/A.swift", just)).isEmpty)
        let many = String(repeating: "// x\n", count: 501)
        #expect(SizeLaw.violations(in: file("Shared/RPC/A.swift", many)).count == 1)
        #expect(SizeLaw.violations(in: file("Shared/RPC/A.swift", String(many.dropLast(5)))).isEmpty)
        #expect(SizeLaw.violations(in: file("Shared/Contracts/Generated/A.swift", many + long)).isEmpty)
    }

    @Test("the length of a function is that of its own body")
    func functions() {
        let text = """
            protocol P { func asked(_ a: Int) -> Int; init() }
            struct S {
                init(a: Int = { 1 }()) {
                    self.init()
                }
                func text() -> String {
                    "} \\(brace("}")) {"
                }
                subscript(i: Int) -> Int { i }
            }
            """
        let functions = SizeLaw.functions(in: file("Shared/RPC/A.swift", text))
        #expect(functions.map { "\($0.name) \($0.line) \($0.lineCount)" } == ["init 3 3", "text 6 3", "subscript 9 1"])
    }

    @Test(
        "public and open are refused",
        arguments: [
            "public struct A {}", "open class A {}", "public import Wire", "public static let a = 1",
        ])
    func access(text: String) {
        #expect(WordLaws.access(in: file("Shared/RPC/A.swift", text)).count == 1)
    }

    @Test("open is a name like any other elsewhere")
    func openAsName() {
        #expect(
            WordLaws.access(in: file("Shared/RPC/A.swift", "case open\nlet a = open(path)\nif a == .open {}")).isEmpty)
    }

    @Test(
        "reading the environment or ending the process is refused outside Main",
        arguments: [
            "let a = ProcessInfo.processInfo.environment", "let a = getenv(\"A\")", "let a = CommandLine.arguments",
            "func f() { exit(1) }", "func f() { Glibc._exit(1); }; func g() { abort() }",
        ])
    func process(text: String) {
        #expect(WordLaws.process(in: file("Shared/RPC/A.swift", text)).count == 1)
        #expect(WordLaws.process(in: file("Services/Gateway/Main/A.swift", text)).isEmpty)
        #expect(WordLaws.process(in: file("Shared/ServiceKit/A.swift", text)).isEmpty)
    }

    @Test(
        "sleeping is refused in tests",
        arguments: [
            "try await Task.NAP(for: .seconds(1))", "uNAP(10)", "Thread.NAP(forTimeInterval: 1)", "NAP(3)",
        ])
    func waiting(pattern: String) {
        let text = pattern.replacing("NAP", with: "sleep")
        #expect(WordLaws.waiting(in: file("Tests/RPCTests/A.swift", text)).count == 1)
        #expect(WordLaws.waiting(in: file("Shared/TestSupport/A.swift", text)).isEmpty)
    }

    @Test("a type named like its module is refused")
    func naming() {
        #expect(WordLaws.naming(in: file("Shared/RPC/A.swift", "package struct RPC {}")).count == 1)
        #expect(WordLaws.naming(in: file("Shared/RPC/A.swift", "package struct RPCError {}")).isEmpty)
    }

    @Test("a new name at the top level is refused, a hidden one is not")
    func topLevel() {
        #expect(LayoutLaw.topLevel(names: ["docs", "Shared", ".ci", "data", "README.md"]).map(\.path) == ["docs"])
    }

    @Test("a folder without a README is named")
    func readmes() {
        let missing = LayoutLaw.readmes(files: [
            "README.md", "Protos/README.md", "deploy/README.md", "Shared/RPC/A.swift", "Shared/CZeroMQ/shim.h",
            "Services/Gateway/Main/Gateway.swift", "Services/Gateway/Service/Assembly.swift",
        ])
        #expect(missing.map(\.path) == ["Services/Gateway/Service/README.md", "Shared/RPC/README.md"])
    }

    @Test("a path of one machine is found with its line")
    func machinePaths() {
        let found = LayoutLaw.machinePaths(path: "a", text: "one\ncd /somebody/x", homes: ["/somebody/"])
        #expect(found.map(\.line) == [2])
    }
}
