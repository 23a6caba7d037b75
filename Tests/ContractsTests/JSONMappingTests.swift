import Contracts
import ProtoJSON
import Testing
import TestSupport

private typealias Everything = TestingV1.Everything

@Suite("The JSON form of messages")
struct JSONMappingTests {
    private func read(_ text: String) throws(JSONError) -> Everything {
        try Everything(jsonText: text)
    }

    @Test("each kind of field is written in its canonical form", arguments: [
        (Everything(fInt32: -5, fInt64: .min), #"{"fInt32":-5,"fInt64":"-9223372036854775808"}"#),
        (Everything(fUint64: .max), #"{"fUint64":"18446744073709551615"}"#),
        (Everything(fDouble: .infinity, fFloat: -.infinity), #"{"fDouble":"Infinity","fFloat":"-Infinity"}"#),
        (Everything(fDouble: .nan), #"{"fDouble":"NaN"}"#),
        (Everything(fDouble: 0.1, fFloat: 0.1), #"{"fDouble":0.1,"fFloat":0.1}"#),
        (Everything(fBool: true, fBytes: [0xfb, 0xff, 0xfe]), #"{"fBool":true,"fBytes":"+//+"}"#),
        (Everything(fBytes: [1]), #"{"fBytes":"AQ=="}"#),
        (Everything(fString: "a\"\\\n\u{1}é😀/"), "{\"fString\":\"a\\\"\\\\\\n\\u0001é😀/\"}"),
        (Everything(fEnum: .green, rEnum: [.red, .unrecognized(9)]),
         #"{"fEnum":"COLOUR_GREEN","rEnum":["COLOUR_RED",9]}"#),
        (Everything(fMessage: .init()), #"{"fMessage":{}}"#),
        (Everything(oInt32: 0, oString: ""), #"{"oInt32":0,"oString":""}"#),
        (Everything(mInt32Message: [2: .init(), -1: .init(number: 1)]),
         #"{"mInt32Message":{"-1":{"number":1},"2":{}}}"#),
        (Everything(mBoolEnum: [true: .red, false: .green]),
         #"{"mBoolEnum":{"false":"COLOUR_GREEN","true":"COLOUR_RED"}}"#),
        (Everything(at: .init(seconds: 0), lasting: .init(seconds: 1, nanos: 500_000_000)),
         #"{"at":"1970-01-01T00:00:00Z","lasting":"1.500s"}"#),
        (Everything(class: "c", withJsonName: 1), #"{"class":"c","renamed":1}"#),
        (Everything(choice: .cInt64(0)), #"{"cInt64":"0"}"#),
        (Everything(), "{}"),
    ] as [(TestingV1.Everything, String)])
    func canonical(message: TestingV1.Everything, text: String) {
        #expect(message.jsonText() == text)
    }

    @Test("other spellings of the same value are read", arguments: [
        (#"{"f_int32": "7"}"#, Everything(fInt32: 7)), (#"{"fInt32": 7.0}"#, Everything(fInt32: 7)),
        (#"{"fInt32": 70e-1}"#, Everything(fInt32: 7)), (#"{"fInt32": 0.7E+1}"#, Everything(fInt32: 7)),
        (#"{"fInt64": 9007199254740993}"#, Everything(fInt64: 9_007_199_254_740_993)),
        (#"{"fInt64": "-9223372036854775808"}"#, Everything(fInt64: .min)),
        (#"{"fUint64": 18446744073709551615}"#, Everything(fUint64: .max)),
        (#"{"fDouble": "1.5", "fFloat": 2}"#, Everything(fDouble: 1.5, fFloat: 2)),
        (#"{"fDouble": "-Infinity"}"#, Everything(fDouble: -.infinity)),
        (#"{"fBytes": "-__-"}"#, Everything(fBytes: [0xfb, 0xff, 0xfe])),
        (#"{"fBytes": "AQ"}"#, Everything(fBytes: [1])),
        (#"{"fEnum": 2}"#, Everything(fEnum: .green)), (#"{"fEnum": 77}"#, Everything(fEnum: .unrecognized(77))),
        (#"{"fInt32": null, "rInt32": null, "mStringInt64": null, "fMessage": null, "cBool": null}"#, Everything()),
        (#"{"with_json_name": 3}"#, Everything(withJsonName: 3)), (#"{"renamed": 3}"#, Everything(withJsonName: 3)),
        ("\t{\r\n \"fBool\" : true }\n ", Everything(fBool: true)),
        (#"{"fString": "\u00e9\ud83d\ude00\/\b\f\n\r\t\""}"#, Everything(fString: "é😀/\u{8}\u{c}\n\r\t\"")),
        (#"{"at": "2024-02-29T23:30:00.5-01:30"}"#, Everything(at: .init(seconds: 1_709_254_800, nanos: 500_000_000))),
        (#"{"at": "0001-01-01t00:00:00z"}"#, Everything(at: .init(seconds: -62_135_596_800))),
        (#"{"lasting": "-0.5s"}"#, Everything(lasting: .init(seconds: 0, nanos: -500_000_000))),
        (#"{"cMessage": {"kind": "KIND_ONE"}}"#, Everything(choice: .cMessage(.init(kind: .one)))),
    ] as [(String, TestingV1.Everything)])
    func otherSpellings(text: String, message: TestingV1.Everything) throws {
        #expect(try read(text) == message)
    }

    @Test("what a field cannot hold is an error that names the place and what was expected", arguments: [
        (#"{"fInt32": 1.5}"#, "fInt32: expected a whole number from -2147483648 to 2147483647 (line 1, column 12)"),
        (#"{"fInt32": 2147483648}"#,
         "fInt32: expected a whole number from -2147483648 to 2147483647 (line 1, column 12)"),
        (#"{"fUint32": -1}"#, "fUint32: expected a whole number from 0 to 4294967295 (line 1, column 13)"),
        (#"{"fInt32": true}"#, "fInt32: expected a whole number (line 1, column 12)"),
        (#"{"fInt32": "1 "}"#, "fInt32: expected a whole number (line 1, column 12)"),
        (#"{"fInt32": 1e99999999999999999999}"#,
         "fInt32: expected a whole number from -2147483648 to 2147483647 (line 1, column 12)"),
        (#"{"fDouble": 1e400}"#, "fDouble: the number is too large (line 1, column 13)"),
        (#"{"fFloat": 1e39}"#, "fFloat: the number is too large (line 1, column 12)"),
        (#"{"fBool": "true"}"#, "fBool: expected true or false (line 1, column 11)"),
        (#"{"fString": 1}"#, "fString: expected text in quotes (line 1, column 13)"),
        (#"{"fString": "\u0000"}"#, "fString: text may not have U+0000 in it (line 1, column 14)"),
        (#"{"fString": "\ud800"}"#, "fString: half a surrogate pair (line 1, column 14)"),
        (#"{"fString": "\udc00\ud800"}"#, "fString: half a surrogate pair (line 1, column 14)"),
        (#"{"fString": "\ud800\u0041"}"#, "fString: half a surrogate pair (line 1, column 14)"),
        (#"{"fBytes": "A"}"#, "fBytes: expected bytes as base64 (line 1, column 12)"),
        (#"{"fBytes": "A===" }"#, "fBytes: expected bytes as base64 (line 1, column 12)"),
        (#"{"fBytes": "AR=="}"#, "fBytes: expected bytes as base64 (line 1, column 12)"),
        (#"{"fBytes": "*A=="}"#, "fBytes: expected bytes as base64 (line 1, column 12)"),
        (#"{"rMessage": [{}, {"child": {"kind": "TWO"}}]}"#,
         "rMessage[1].child.kind: expected one of KIND_UNSPECIFIED, KIND_ONE (line 1, column 38)"),
        (#"{"fEnum": true}"#,
         "fEnum: expected one of COLOUR_UNSPECIFIED, COLOUR_RED, COLOUR_GREEN (line 1, column 11)"),
        (#"{"fMessage": {"numbr": 1}}"#,
         #"fMessage: unknown field "numbr"; it has number, child, kind (line 1, column 15)"#),
        (#"{"fMessage": []}"#, "fMessage: expected an object (line 1, column 14)"),
        (#"{"rInt32": 1}"#, "rInt32: expected a list (line 1, column 12)"),
        (#"{"rInt32": [1, null]}"#, "rInt32[1]: expected a whole number (line 1, column 16)"),
        (#"{"mInt32Message": {"x": {}}}"#,
         #"mInt32Message["x"]: the key must be a whole number from -2147483648 to 2147483647 (line 1, column 24)"#),
        (#"{"mBoolEnum": {"yes": 1}}"#, #"mBoolEnum["yes"]: the key must be true or false (line 1, column 22)"#),
        (#"{"mStringInt64": {"a": 1, "a": 2}}"#, #"mStringInt64["a"]: the key is given twice (line 1, column 33)"#),
        (#"{"mInt32Message": {"1": {}, "1": {}}}"#, #"mInt32Message["1"]: the key is given twice (line 1, column 36)"#),
        (#"{"fInt32": 1, "f_int32": 1}"#, "fInt32: the field is given twice (line 1, column 15)"),
        (#"{"cBool": true, "cInt64": 1}"#, "cInt64: only one of the fields of choice may be given (line 1, column 27)"),
        (#"{"at": "2023-02-29T00:00:00Z"}"#,
         #"at: expected an instant such as "2024-09-01T08:30:00Z", in the years 1 to 9999 (line 1, column 8)"#),
        (#"{"at":"","lasting": "1"}"#,
         #"at: expected an instant such as "2024-09-01T08:30:00Z", in the years 1 to 9999 (line 1, column 7)"#),
        (#"{"lasting": 1}"#, "lasting: expected text in quotes (line 1, column 13)"),
    ])
    func errors(text: String, expected: String) {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.description == expected)
    }

    @Test("with defaults, fields without presence are written though they are zero, all others only if they are there")
    func defaults() {
        let text = TestingV1.Everything.Nested().jsonText(includeDefaults: true)
        #expect(text == #"{"number":0,"kind":"KIND_UNSPECIFIED"}"#)
        let choice = GoogleRPC.BadRequest.FieldViolation(field: "f").jsonText(includeDefaults: true)
        #expect(choice == #"{"field":"f","description":"","reason":""}"#)
        let sample = BenchV1.Sample(pupils: 0).jsonText(includeDefaults: true)
        #expect(sample.contains(#""urn":"0","pupils":0,"open":false,"share":0.0,"tags":[],"years":[],"padding":"""#))
    }

    @Test("indented text is what people expect")
    func indentation() {
        let message = Everything(fInt32: 1, fMessage: .init(), rInt32: [1, 2], mStringString: ["a": "b"])
        #expect(message.jsonText(isIndented: true) == """
            {
              "fInt32": 1,
              "fMessage": {},
              "rInt32": [
                1,
                2
              ],
              "mStringString": {
                "a": "b"
              }
            }
            """)
    }
}
