import Contracts
import ProtoJSON
import Testing
import Wire

@Suite("Timestamps, durations and Any")
struct WellKnownTests {
    @Test("instants are written and read as RFC 3339", arguments: [
        (0, 0, "1970-01-01T00:00:00Z"), (-1, 999_000_000, "1969-12-31T23:59:59.999Z"),
        (951_782_400, 0, "2000-02-29T00:00:00Z"), (-2_203_891_200, 0, "1900-03-01T00:00:00Z"),
        (1_725_179_400, 1, "2024-09-01T08:30:00.000000001Z"), (1_725_179_400, 120_000, "2024-09-01T08:30:00.000120Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00Z"), (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    ] as [(Int64, Int32, String)])
    func timestamps(seconds: Int64, nanos: Int32, text: String) throws {
        let instant = GoogleProtobuf.Timestamp(seconds: seconds, nanos: nanos)
        #expect(instant.rfc3339 == text)
        #expect(GoogleProtobuf.Timestamp(rfc3339: text) == instant)
    }

    @Test("every day of five hundred years comes back")
    func days() {
        for day in stride(from: Int64(-100_000), to: 82_000, by: 1) {
            let instant = GoogleProtobuf.Timestamp(seconds: day * 86_400 + 43_200)
            #expect(instant.rfc3339.flatMap { GoogleProtobuf.Timestamp(rfc3339: $0) } == instant)
        }
    }

    @Test("what is no instant is refused", arguments: [
        "", "2024-09-01", "2024-09-01T08:30:00", "2024-09-01 08:30:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
        "2024-04-31T00:00:00Z", "2100-02-29T00:00:00Z", "2024-09-01T24:00:00Z", "2024-09-01T00:60:00Z",
        "2024-09-01T00:00:60Z", "2024-09-01T00:00:00.Z", "2024-09-01T00:00:00.1234567890Z", "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2024-9-1T00:00:00Z", "2024-09-01T00:00:00Zx",
        "+024-09-01T00:00:00Z", "2024-09-01T00:00:00+1:00",
    ])
    func badTimestamps(text: String) {
        #expect(GoogleProtobuf.Timestamp(rfc3339: text) == nil)
    }

    @Test("lengths of time are written and read in seconds", arguments: [
        (0, 0, "0s"), (1, 500_000_000, "1.500s"), (-1, -5, "-1.000000005s"), (0, -500_000, "-0.000500s"),
        (315_576_000_000, 0, "315576000000s"), (-315_576_000_000, 0, "-315576000000s"),
    ] as [(Int64, Int32, String)])
    func durations(seconds: Int64, nanos: Int32, text: String) {
        let duration = GoogleProtobuf.Duration(seconds: seconds, nanos: nanos)
        #expect(duration.secondsText == text)
        #expect(GoogleProtobuf.Duration(secondsText: text) == duration)
    }

    @Test("what is no length of time is refused", arguments: [
        "", "s", "1", "1.s", ".5s", "1.0000000000s", "--1s", "+1s", "1 s", "315576000001s", "315576000000.1s", "1e3s",
    ])
    func badDurations(text: String) {
        #expect(GoogleProtobuf.Duration(secondsText: text) == nil)
    }

    @Test("instants count microseconds to both sides of 1970", arguments: [
        (0, 0, 0), (1, 0, 1_000), (-1, -1, 999_999_000), (-1_000_000, -1, 0), (1_500_000, 1, 500_000_000),
    ] as [(Int64, Int64, Int32)])
    func microseconds(count: Int64, seconds: Int64, nanos: Int32) {
        let instant = GoogleProtobuf.Timestamp(microsecondsSince1970: count)
        #expect(instant == .init(seconds: seconds, nanos: nanos))
        #expect(instant.microsecondsSince1970 == count)
        #expect(GoogleProtobuf.Timestamp(seconds: .max).microsecondsSince1970 == nil)
    }

    @Test("lengths of time convert to Swift's and back")
    func swiftDurations() {
        for duration in [.zero, .milliseconds(1_500), .milliseconds(-1_500), .nanoseconds(-1)] as [Duration] {
            #expect(GoogleProtobuf.Duration(duration).duration == duration)
        }
        #expect(GoogleProtobuf.Duration(seconds: 1, nanos: -1).duration == nil)
    }

    @Test("an instant or length that has no JSON form is written as null")
    func outOfRange() {
        #expect(GoogleProtobuf.Timestamp(seconds: .max).jsonText() == "null")
        #expect(GoogleProtobuf.Timestamp(seconds: 0, nanos: -1).jsonText() == "null")
        #expect(GoogleProtobuf.Duration(seconds: 1, nanos: -1).jsonText() == "null")
        #expect(GoogleProtobuf.Duration(seconds: .min).jsonText() == "null")
    }

    @Test("Any holds a known message inline, a special one in `value`, an unknown one as bytes", arguments: [
        (GoogleProtobuf.AnyMessage(GoogleRPC.ErrorInfo(reason: "R", metadata: ["k": "v"])),
         #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","metadata":{"k":"v"}}"#),
        (GoogleProtobuf.AnyMessage(GoogleProtobuf.Duration(seconds: 2)),
         #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"2s"}"#),
        (GoogleProtobuf.AnyMessage(typeUrl: "example.org/a.B", value: [1, 2]),
         #"{"@type":"example.org/a.B","value":"AQI="}"#),
        (GoogleProtobuf.AnyMessage(), "{}"),
    ])
    func anyForms(message: GoogleProtobuf.AnyMessage, text: String) throws {
        #expect(message.jsonText() == text)
        #expect(try GoogleProtobuf.AnyMessage(jsonText: text) == message)
    }

    @Test("Any inside Any, and the type after the fields, are read")
    func nestedAny() throws {
        let inner = GoogleProtobuf.AnyMessage(GoogleRPC.RetryInfo(retryDelay: .init(seconds: 1)))
        let outer = GoogleProtobuf.AnyMessage(GoogleRPC.Status(code: 14, details: [inner]))
        #expect(try GoogleProtobuf.AnyMessage(jsonText: outer.jsonText()) == outer)
        let text = #"{"reason": "R", "@type": "type.googleapis.com/google.rpc.ErrorInfo"}"#
        let message = try GoogleProtobuf.AnyMessage(jsonText: text)
        #expect(message.unwrapped() == GoogleRPC.ErrorInfo(reason: "R"))
        let typeLast = #"{"details": [\#(inner.jsonText())], "code": 14, "@type": "\#(outer.typeUrl)"}"#
        #expect(try GoogleProtobuf.AnyMessage(jsonText: typeLast) == outer)
        #expect(message.unwrapped(as: GoogleRPC.RetryInfo.self) == nil)
    }

    @Test("Any without a type, with an unknown field, or with @type in a message that is none, is refused", arguments: [
        #"{"value": "AQ=="}"#, #"{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reasn": "R"}"#,
        #"{"@type": "a/b", "other": 1}"#, #"{"@type": "a/b", "@type": "a/b"}"#, #"{"@type": 1}"#, "[]",
        #"{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": {"@type": "x"}}"#,
    ])
    func badAny(text: String) {
        #expect(throws: JSONError.self) { try GoogleProtobuf.AnyMessage(jsonText: text) }
    }
}
