import TestSupport
import Testing

@testable import GatewayService

@Suite("Texts from outside")
struct TextTests {
    @Test(
        "escapes are read strictly",
        arguments: [
            ("a%20b", "a b"), ("%C3%A9", "é"), ("a+b", "a+b"), ("", ""), ("%", nil), ("%2", nil), ("%g0", nil),
            ("%ff", nil),
            ("a%00", nil), ("%c0%af", nil),
        ] as [(String, String?)])
    func escapes(text: String, expected: String?) {
        #expect(PercentEncoding.decoded(text[...]) == expected)
    }

    @Test("a plus is a blank in a query only")
    func plus() {
        #expect(PercentEncoding.decoded("a+b", plusIsSpace: true) == "a b")
    }

    @Test(
        "the members of an object are found, whatever is in their values",
        arguments: [
            (#"{}"#, []), (#" { "a" : 1 } "#, ["a=1"]),
            (#"{"a":"x\"}","b":[1,{"c":2}],"d":null}"#, ["a=x\"}", "b", "d=null"]),
            (#"{"\u0061":true}"#, ["a=true"]), (#"{"a":-1.5e3 ,"b":"é"}"#, ["a=-1.5e3", "b=é"]),
        ])
    func members(json: String, expected: [String]) throws {
        let object = try #require(JSONMembers(Array(json.utf8)))
        #expect(
            object.members.map { member in
                object.scalar(member).map { "\(member.name)=\($0)" } ?? member.name
            } == expected)
        #expect(Array(json.utf8)[object.end] == UInt8(ascii: "}"))
    }

    @Test(
        "what is no object has no members",
        arguments: [
            "", "[]", "1", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{\"a\" 1}", "{} x",
            "{\"a\":\"",
            "{\"a\":\"\\", "{a:1}", "}",
        ])
    func noMembers(json: String) {
        #expect(JSONMembers(Array(json.utf8)) == nil)
    }

    @Test("no bytes make the search for members fail")
    func anyBytes() {
        var generator = Seed.generator(for: "no bytes make the search for members fail")
        let alphabet = Array("{}[]:,\"\\ a1\n".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            if let object = JSONMembers(bytes) { for member in object.members { _ = object.scalar(member) } }
        }
    }
}
