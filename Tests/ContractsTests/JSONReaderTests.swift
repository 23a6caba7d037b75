import Contracts
import ProtoJSON
import Testing
import TestSupport

@Suite("The JSON reader")
struct JSONReaderTests {
    private func skip(_ text: [UInt8]) throws {
        var reader = JSONReader(text)
        try reader.skipValue()
        try reader.end()
    }

    @Test("what RFC 8259 allows is read", arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "-1.5e+10", "1E5", "\"\"", #""\u0041""#,
        #"{"a":{"a":[]},"b":0}"#, " [ 1 , [ ] , { \"a\" : null } ] ", "\"\u{7f}\u{2028}\"", "[0.0000000000000000000000000000000001]",
    ])
    func accepts(text: String) throws {
        try skip(Array(text.utf8))
    }

    @Test("what RFC 8259 forbids is refused", arguments: [
        "", " ", "{", "}", "[", "]", "[1,]", "{,}", #"{"a":1,}"#, #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, "{'a':1}", "[1 2]",
        "[,1]", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_000", "NaN", "Infinity", "nul", "truefalse", "tru",
        "\"", "\"a", "\"\n\"", "\"\t\"", #""\x""#, #""\u12""#, #""\u12g4""#, #""\"#, "1 2", "{} {}", "[1]]",
        "// a\n1", "\u{feff}1", #"{"a":1 "b":2}"#,
    ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try skip(Array(text.utf8)) }
    }

    @Test("text that is not UTF-8 is refused, with escapes in it and without", arguments: [
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
    ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError.self) { try skip([quote] + bytes + [quote]) }
        #expect(throws: JSONError.self) { try skip([quote] + Array("\\n".utf8) + bytes + [quote]) }
    }

    @Test("containers nest to the limit and no deeper, at once even if there are a million")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        try skip(nested(JSONReader.maxDepth))
        #expect(throws: JSONError.self) { try skip(nested(JSONReader.maxDepth + 1)) }
        let time = ContinuousClock().measure {
            #expect(throws: JSONError.self) { try skip([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) }
        }
        #expect(time < .seconds(1))
    }

    @Test("an error says on which line and at which character it is")
    func position() {
        let error = #expect(throws: JSONError.self) { try skip(Array("{\n  \"é\": 1,\n  \"ü\": x}".utf8)) }
        #expect(error?.line == 3)
        #expect(error?.column == 8)
    }

    @Test("names from the text are shown short and without control characters")
    func shownNames() {
        let name = String(repeating: "n", count: 100) + "\\u0007"
        let error = #expect(throws: JSONError.self) { try TestingV1.Text(jsonText: "{\"\(name)\": 1}") }
        #expect(error?.message == "unknown field \"\(String(repeating: "n", count: 64))…\"; it has text")
        let bell = #expect(throws: JSONError.self) { try TestingV1.Text(jsonText: #"{"a\u0007b": 1}"#) }
        #expect(bell?.message == #"unknown field "a?b"; it has text"#)
    }

    @Test("random bytes never do more than fail")
    func noise() {
        var random = Seed.generator(for: "JSON noise")
        let alphabet = Array(#"{}[]",:0123456789eE+-.truefalsnu\ abF"#.utf8) + [0xff, 0x00, 0xc3]
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...30, using: &random)
            try? skip((0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 })
        }
    }

    @Test("base64 of every length comes back, and only what an encoder writes is read")
    func base64() {
        var random = Seed.generator(for: "base64")
        for count in 0..<50 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64.encode(bytes)
            #expect(Base64.decode(text.utf8) == bytes)
            #expect(Base64.decode(text.filter { $0 != "=" }.utf8) == bytes)
        }
        #expect(Base64.encode(Array("foobar".utf8)) == "Zm9vYmFy")
        for bad in ["A", "AB=", "=", "A=B=", "AA=A", "AAA==", "AAAA====", "A A=", "Zm9vYg=", "AB==AB=="] {
            #expect(Base64.decode(bad.utf8) == nil, "\(bad)")
        }
    }
}
