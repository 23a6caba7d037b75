import Testing
import Values

@Suite("Calendar dates")
struct CalendarDateTests {
    @Test("days that exist are read and written as ISO text", arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2017-09-29", 17_438), ("2000-02-29", 11_016),
        ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ])
    func roundTrip(text: String, dayNumber: Int) throws {
        let date = try #require(CalendarDate(iso: text))
        #expect(Int(date.dayNumber) == dayNumber)
        #expect(date.isoText == text)
    }

    @Test("days that the calendar has not, and other spellings, are refused", arguments: [
        "2017-02-31", "2017-02-29", "1900-02-29", "2017-04-31", "2017-00-01", "2017-13-01", "2017-01-00", "0000-01-01",
        "17-01-01", "2017-1-1", "2017/01/01", "", "2017-01-01 ", "２０１７-01-01", "-017-01-01",
    ])
    func refused(text: String) {
        #expect(CalendarDate(iso: text) == nil)
    }

    @Test("every day from 1 to 9999 follows the one before it")
    func everyDay() throws {
        var expected = (year: 1, month: 1, day: 1)
        for dayNumber in Int(CalendarDate.first.dayNumber)...Int(CalendarDate.last.dayNumber) {
            let parts = try #require(CalendarDate(dayNumber: dayNumber)).parts
            guard parts == expected else {
                Issue.record("day \(dayNumber) is \(parts), not \(expected)")
                return
            }
            expected.day += 1
            if expected.day > CalendarDate.daysInMonth(expected.month, year: expected.year) {
                expected = expected.month == 12 ? (expected.year + 1, 1, 1) : (expected.year, expected.month + 1, 1)
            }
        }
        #expect(expected == (10_000, 1, 1))
    }

    @Test("weekdays count from Monday")
    func weekdays() {
        #expect(CalendarDate(iso: "2017-09-29")?.weekday == 5)
        #expect(CalendarDate(iso: "1969-12-28")?.weekday == 7)
        #expect(CalendarDate(iso: "1970-01-05")?.weekday == 1)
    }

    @Test("arithmetic stays in the calendar")
    func arithmetic() throws {
        let date = try #require(CalendarDate(iso: "2017-01-31"))
        #expect(date.adding(days: 1)?.isoText == "2017-02-01")
        #expect(date.adding(months: 1)?.isoText == "2017-02-28")
        #expect(date.adding(months: -11)?.isoText == "2016-02-29")
        #expect(date.adding(days: .max) == nil)
        #expect(CalendarDate.last.adding(days: 1) == nil)
        #expect(CalendarDate.first.adding(months: -1) == nil)
        #expect(CalendarDate.last.adding(months: 1) == nil)
        #expect(try #require(CalendarDate(iso: "2017-03-01")).days(since: date) == 29)
        #expect(date < (try #require(CalendarDate(iso: "2017-02-01"))))
    }
}
