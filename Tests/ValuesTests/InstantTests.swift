import Testing
@testable import Values

@Suite("Instants")
struct InstantTests {
    @Test("RFC 3339 is read and written in UTC", arguments: [
        ("2017-09-29T12:00:00Z", "2017-09-29T12:00:00Z"),
        ("2017-09-29T12:00:00.25+01:00", "2017-09-29T11:00:00.250Z"),
        ("2017-09-29t00:30:00.0000019-00:30", "2017-09-29T01:00:00.000001Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ])
    func roundTrip(text: String, utc: String) throws {
        let instant = try #require(Instant(rfc3339: text))
        #expect(instant.rfc3339 == utc)
        #expect(Instant(seconds: instant.seconds, nanos: instant.nanosOfSecond) == instant)
    }

    @Test("other texts are refused", arguments: [
        "", "2017-09-29", "2017-09-29T12:00:00", "2017-09-29T24:00:00Z", "2017-02-30T12:00:00Z",
        "2017-09-29T12:60:00Z", "2017-09-29T12:00:61Z", "2017-09-29T12:00:00.Z", "2017-09-29T12:00:00+1:00",
        "2017-09-29T12:00:00Zx", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func refused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("durations are added, and stop at the ends")
    func durations() {
        let instant = Instant(microseconds: 5)
        #expect(instant + .seconds(1) == Instant(microseconds: 1_000_005))
        #expect(instant - .microseconds(6) == Instant(microseconds: -1))
        #expect(Instant(microseconds: 9) - instant == .microseconds(4))
        #expect(instant + .seconds(Int64.max) == Instant(microseconds: .max))
        #expect(instant - .seconds(Int64.max) == Instant(microseconds: .min))
    }

    @Test("London's day follows summer time", arguments: [
        ("2017-09-28T22:59:59Z", "2017-09-28"), ("2017-09-28T23:00:00Z", "2017-09-29"),
        ("2017-12-31T23:59:59Z", "2017-12-31"), ("2018-01-01T00:00:00Z", "2018-01-01"),
        ("2017-03-26T00:59:59Z", "2017-03-26"), ("2017-10-28T23:00:00Z", "2017-10-29"),
        ("2017-10-29T23:00:00Z", "2017-10-29"),
    ])
    func london(text: String, day: String) throws {
        let instant = try #require(Instant(rfc3339: text))
        #expect(FixedWallClock(instant).today().isoText == day)
        #expect(instant.date(secondsFromUTC: London.summerTimeOffset(instant))?.isoText == day)
    }

    @Test("a fixed clock moves only when told")
    func fixedClock() {
        let clock = FixedWallClock(.epoch)
        clock.advance(by: .seconds(2))
        #expect(clock.now() == Instant(microseconds: 2_000_000))
        clock.set(.epoch)
        #expect(clock.now() == .epoch)
    }
}
