import TestSupport
import Testing

@testable import ZeroMQ

@Suite("Keys of CURVE")
struct CurveKeyTests {
    @Test("a pair's public key follows from its secret one")
    func derived() throws {
        let pair = CurveKeyPair.make()
        #expect(try CurveKeyPair(secretText: pair.secretText).publicKey == pair.publicKey)
        #expect(CurveKeyPair.make().publicKey != pair.publicKey)
    }

    @Test("a pair shows its public key and never its secret one")
    func hidden() {
        let pair = CurveKeyPair.make()
        var dumped = ""
        dump(pair, to: &dumped)
        for text in ["\(pair)", String(reflecting: pair), dumped] {
            #expect(text.contains(pair.publicKey.text))
            #expect(!text.contains(pair.secretText))
        }
    }

    @Test(
        "what is no key is refused with a reason that does not quote it",
        arguments: [
            ("", "a key has 40 characters, and this is 0"),
            (String(repeating: "0", count: 39), "a key has 40 characters, and this is 39"),
            (String(repeating: "0", count: 39) + "_", "character 40 of the key is none of Z85's"),
            (String(repeating: "0", count: 39) + "é", "a key has 40 characters, and this is 41"),
            (String(repeating: "0", count: 35) + "#####", "characters 36 to 40 of the key are no number of Z85's"),
        ])
    func refused(text: String, reason: String) {
        let problem = #expect(throws: CurveKey.Problem.self) { try CurveKey(text) }
        #expect(problem?.reason == reason)
        #expect(throws: CurveKey.Problem.self) { try CurveKeyPair(secretText: text) }
    }

    @Test("a key's bytes and its text are one")
    func bytes() throws {
        let zero = unsafe [UInt8](repeating: 0, count: 32).withUnsafeBytes { unsafe CurveKey($0) }
        #expect(zero == (try CurveKey(String(repeating: "0", count: 40))))
        #expect(unsafe [UInt8](repeating: 0, count: 31).withUnsafeBytes { unsafe CurveKey($0) } == nil)
    }
}

@Suite("Lists of keys")
struct KeyListTests {
    private let first = CurveKeyPair.make().publicKey
    private let second = CurveKeyPair.make().publicKey

    @Test("are read with their comments and written as they were")
    func read() throws {
        let list = try KeyList(
            text: "# who may call\n\n  gateway \(first)  # since May\r\n\tgateway\t\(second)\n   # nobody else\n")
        #expect(list.keys(of: "gateway") == [first, second])
        #expect(list.keys(of: "other") == [])
        #expect(list.name(of: second) == "gateway")
        #expect(list.text == "gateway \(first) # since May\ngateway \(second)\n")
        #expect(try KeyList(text: list.text) == list)
    }

    @Test("may have keys with the sign of comments in them")
    func sharp() throws {
        let key = try CurveKey("0#000" + String(repeating: "0", count: 35))
        #expect(try KeyList(text: "a \(key)\n").keys(of: "a") == [key])
    }

    @Test("that cannot be used are refused by the line")
    func refused() {
        for (text, reason) in [
            ("gateway", "line 1: the key of gateway is missing"),
            ("\ngateway abc", "line 2: a key has 40 characters, and this is 3"),
            ("gateway \(first) since May", "line 1: a line is NAME KEY, and a comment behind them begins with #"),
            ("a \(first)\n\nb \(first)", "line 3: this key stands on line 1 already"),
            ("-a \(first)", "line 1: a name has 1 to 64 letters"),
            ("\(String(repeating: "x", count: 65)) \(first)", "line 1: a name has 1 to 64 letters"),
        ] {
            let problem = #expect(throws: KeyList.Problem.self) { try KeyList(text: text) }
            #expect(problem?.description.hasPrefix(reason) == true, "\(problem?.description ?? "")")
        }
    }

    @Test("in files must be there at the start, and not be everybody's to write")
    func file() throws {
        let folder = try TemporaryDirectory()
        let missing = #expect(throws: KeyList.Problem.self) { try KeyListFile(folder.file("none")) }
        #expect(missing?.reason == "No such file or directory")
        let path = try folder.write("a \(first)\n", to: "open")
        try FilePermissions.set(path, 0o666)
        let open = #expect(throws: KeyList.Problem.self) { try KeyListFile(path) }
        #expect(open?.reason.contains("chmod o-w") == true)
        try FilePermissions.set(path, 0o644)
        #expect(try KeyListFile(path).current().keys(of: "a") == [first])
    }
}
