import Contracts
import TestSupport
import Values
import Wire

/// Where fuzzing begins: real encodings, and small forms of what is known to do harm. Each has a name.
enum Seeds {
    typealias Named = [(name: String, bytes: [UInt8])]

    /// - Returns: the target's inputs; none for `mapping`, which takes the codec's.
    static func of(_ target: FuzzTarget) -> Named {
        switch target {
        case .header: FrameSeeds.alone
        case .frame: FrameSeeds.frames
        case .parts: FrameSeeds.parts
        case .codec: MessageSeeds.honest + MessageSeeds.hostile
        case .mapping: []
        case .json: JSONSeeds.texts
        }
    }

    /// Random messages, small and large, the same each time.
    static func messages() -> [TestingV1.Everything] {
        var random = SeededGenerator(seed: 1)
        return (0..<3).map { _ in RandomMessages.everything(using: &random) }
    }
}

enum MessageSeeds {
    private static let nested = WireBytes.build { $0.number(1, 7); $0.number(3, 1) }

    /// With the limits that are set by default.
    static var honest: Seeds.Named {
        let fields: Seeds.Named = [
            ("empty", []),
            ("choice-text", TestingV1.Everything(choice: .cString("é")).encoded()),
            ("choice-message", TestingV1.Everything(choice: .cMessage(.init(number: 1))).encoded()),
            ("lists", TestingV1.Everything(
                rDouble: [.nan, -0.0], rInt32: [-1, 1], rBool: [true, false], rString: ["", "a"], rBytes: [[0]],
                rEnum: [.red, .unrecognized(-1)], rUnpacked: [1, -1, 1]).encoded()),
            ("list-packed-and-not", WireBytes.build { $0.number(43, 1); $0.field(43, [2, 3]); $0.field(49, [2, 1]) }),
            ("maps", TestingV1.Everything(
                mStringString: ["": "", "b": "c"], mInt32Message: [-1: .init(kind: .one)],
                mBoolEnum: [true: .red, false: .green], mStringInt64: ["k": .min]).encoded()),
            ("bare-entries", WireBytes.build { $0.field(64, [0x10, 5]); $0.field(64, [0x0a, 1, 0x61]); $0.field(62, []) }),
            ("instants", TestingV1.Everything(
                at: .init(seconds: -1, nanos: 999_999_999), lasting: .init(seconds: -1, nanos: -1),
                instants: [.init(seconds: 253_402_300_799)]).encoded()),
            ("unknown-fields", WireBytes.build { $0.number(500, 1); $0.field(502, [0xff, 0]); $0.tag(503, 5); $0.raw([1, 2, 3, 4]) }),
        ]
        return (fields + Seeds.messages().enumerated().map { ("random-\($0.offset)", $0.element.encoded()) })
            .map { ($0.name, [0] + $0.bytes) }
    }

    /// With limits that a few bytes reach.
    static var hostile: Seeds.Named {
        let singular = WireBytes.build { $0.field(17, nested) }
        let entries: Seeds.Named = [
            ("depth-at-limit", WireBytes.build { $0.field(17, WireBytes.nested(2, depth: 6)) }),
            ("depth-above-limit", WireBytes.build { $0.field(17, WireBytes.nested(2, depth: 7)) }),
            ("depth-bomb", WireBytes.build { $0.field(17, WireBytes.nested(2, depth: 200)) }),
            ("merge-bomb", [[UInt8]](repeating: singular, count: 20).flatMap { $0 }),
            ("merge-in-choice", WireBytes.build { $0.field(73, nested); $0.number(72, 1); $0.field(73, nested) }),
            ("map-bomb", [[UInt8]](repeating: [0xea, 0x03, 0x00], count: 100).flatMap { $0 }),
            ("map-same-key", WireBytes.build { $0.field(63, []); $0.field(63, [0x08, 0]) }),
            ("unknown-bomb", [[UInt8]](repeating: [0xb8, 0x3e, 0x01], count: 150).flatMap { $0 }),
            ("packed-bomb", WireBytes.build { $0.field(43, [UInt8](repeating: 1, count: 220)) }),
            ("text-not-utf8", WireBytes.build { $0.field(14, Array("aaaaaaaa".utf8) + [0xed, 0xa0, 0x80]) }),
            ("text-with-nul", WireBytes.build { $0.field(45, [0x61, 0, 0x62]) }),
            ("group", WireBytes.build { $0.tag(999, 3); $0.tag(999, 4) }),
            ("overlong-number", [0x30] + [UInt8](repeating: 0xff, count: 9) + [0x02]),
            ("length-beyond-end", [0x8a, 0x01, 0x02, 0x12, 0x05, 1, 2, 3]),
        ]
        let lean: Seeds.Named = [
            ("unknown-bomb-lean", [[UInt8]](repeating: [0xb8, 0x3e, 0x01], count: 300).flatMap { $0 }),
            ("map-bomb-lean", [[UInt8]](repeating: [0xea, 0x03, 0x00], count: 300).flatMap { $0 }),
        ]
        return entries.map { ($0.name, [1] + $0.bytes) } + lean.map { ($0.name, [2] + $0.bytes) }
    }
}

enum JSONSeeds {
    static var texts: Seeds.Named {
        let small: Seeds.Named = [
            ("escapes", Array(#"{"fString":"\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\"}"#.utf8)),
            ("half-a-pair", Array(#"["\ud800","\udc00\ud800"]"#.utf8)),
            ("numbers", Array(#"[0,-0,-1.5e+10,1E5,70e-1,18446744073709551615,1e400,0.1]"#.utf8)),
            ("numbers-of-fields", Array(#"{"fInt32":"7","fInt64":1e3,"fUint64":1.0,"fDouble":"-Infinity","fFloat":1e39}"#.utf8)),
            ("types", Array(#"{"@type":"a/b","value":{"@type":"c","d":[null,true]}}"#.utf8)),
            ("maps", Array(#"{"mBoolEnum":{"true":2,"false":"COLOUR_RED"},"mInt32Message":{"-1":{"child":{}}}}"#.utf8)),
            ("instants", Array(#"{"at":"2024-02-29T23:30:00.5-01:30","lasting":"-0.5s","instants":[]}"#.utf8)),
            ("choices", Array(#"{"cString":"a","cInt64":"1"}"#.utf8)),
            ("twice", Array(#"{"fBytes":"-__-","f_bytes":"AQ"}"#.utf8)),
            ("spaces", Array(" { \t\"class\" :\r\n null , \"renamed\" : 3 } ".utf8)),
            ("base64", Array("Zm9vYg==".utf8)),
            ("depth-at-limit", nested(100)),
            ("depth-above-limit", nested(101)),
        ]
        return small + Seeds.messages().prefix(2).enumerated().map { ("random-\($0.offset)", $0.element.jsonBytes()) }
    }

    private static func nested(_ depth: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    }
}
