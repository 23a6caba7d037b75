import Contracts
import RPC
import Storage
import TestSupport
import Testing
import Values
@testable import TrainingEventsService

@Suite("The register")
struct RegisterTests {
    private struct Day {
        var harness: Harness
        var event: TrainingEventsV1.Event
        var people: [String]

        func record(_ lines: [TrainingEventsV1.RecordAttendanceRequest.Line], reason: String = "") async throws
            -> [TrainingEventsV1.Attendance] {
            try await harness.bookings.recordAttendance(.init(eventId: event.id, lines: lines, reason: reason)).lines
        }

        func line(_ person: Int, _ kind: TrainingEventsV1.AttendanceKind, part: Int32 = 1,
                  missed: Int32 = 0) -> TrainingEventsV1.RecordAttendanceRequest.Line {
            .init(partNumber: part, candidateId: Harness.candidate(people[person]), kind: kind, minutesMissed: missed)
        }
    }

    /// An event of two days, on the morning of the first.
    private func day() async throws -> Day {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 3, parts: 2)
        let people = try await harness.enrol(3)
        for person in people.prefix(2) { _ = try await harness.book(person, at: event) }
        harness.wallClock.advance(by: .seconds(30 * 86_400))
        return Day(harness: harness, event: event, people: people)
    }

    @Test("is taken for each part, and shows everybody with a place")
    func parts() async throws {
        let day = try await day()
        let lines = try await day.record([day.line(0, .present), day.line(1, .late, missed: 20)])
        #expect(lines.map(\.kind) == [.present, .late])
        let early = await statusOf { _ = try await day.record([day.line(0, .present, part: 2)]) }
        #expect(early?.reason == "REGISTER_NOT_OPEN")
        day.harness.wallClock.advance(by: .seconds(86_400 - 15 * 60))
        _ = try await day.record([day.line(0, .remote, part: 2)])
        let register = try await day.harness.bookings.getRegister(.init(eventId: day.event.id))
        #expect(register.lines.map(\.kind) == [.present, .late, .remote])
        #expect(register.candidateIds.sorted() == day.people.prefix(2).map(Harness.candidate).sorted())
    }

    @Test("is corrected by a further line with a reason, and nothing is overwritten")
    func corrections() async throws {
        let day = try await day()
        let first = try await day.record([day.line(0, .absent)])
        let silent = await statusOf { _ = try await day.record([day.line(0, .madeGood)]) }
        #expect(silent.flatMap { StatusDetailsFields.names($0) } == ["reason"])
        let second = try await day.record([day.line(0, .madeGood)], reason: "came to the session at Elm School")
        #expect(second[0].id != first[0].id)
        let register = try await day.harness.bookings.getRegister(.init(eventId: day.event.id))
        #expect(register.lines == second)
        let all = try await day.harness.bookings.getRegister(.init(eventId: day.event.id, allLines: true))
        #expect(all.lines == first + second)
        let kept = try await day.harness.store.read { try $0.row("SELECT COUNT(*) FROM attendance")?.int(0) }
        #expect(kept == 2)
        await #expect(throws: StoreError.self) {
            try await day.harness.store.write { try $0.execute("UPDATE attendance SET kind = 1") }
        }
        await #expect(throws: StoreError.self) {
            try await day.harness.store.write { try $0.execute("DELETE FROM attendance") }
        }
    }

    @Test("is listed across events: the lines that count, newest first, page by page")
    func list() async throws {
        let day = try await day()
        let harness = day.harness
        let second = try await harness.schedule(capacity: 3, in: .seconds(60))
        _ = try await harness.book(day.people[0], at: second)
        _ = try await day.record([day.line(0, .absent), day.line(1, .present)])
        let corrected = try await day.record([day.line(0, .late, missed: 5)], reason: "came by a later train")
        let newest = try await harness.bookings.recordAttendance(
            .init(eventId: second.id, lines: [day.line(0, .remote)])).lines
        func list(_ request: TrainingEventsV1.ListAttendanceRequest) async throws -> [TrainingEventsV1.Attendance] {
            var request = request
            var found: [TrainingEventsV1.Attendance] = []
            request.pageSize = 1
            repeat {
                let reply = try await harness.bookings.listAttendance(request)
                #expect(reply.lines.count <= 1)
                found += reply.lines
                request.pageToken = reply.nextPageToken
            } while !request.pageToken.isEmpty
            return found
        }
        let all = try await list(.init())
        #expect(all.map(\.kind) == [.remote, .late, .present])
        #expect(Array(all.prefix(2)) == newest + corrected)
        #expect(try await list(.init(candidateId: [Harness.candidate(day.people[0])])) == newest + corrected)
        #expect(try await list(.init(eventId: [day.event.id])) == [corrected[0], all[2]])
        #expect(try await list(.init(eventId: [day.event.id], candidateId: [Harness.candidate(day.people[1])]))
            == [all[2]])
        #expect(try await list(.init(candidateId: ["nobody"])).isEmpty)
    }

    @Test("of one who left during the event still shows what was noted, and takes corrections from nobody else")
    func strangers() async throws {
        let day = try await day()
        _ = try await day.record([day.line(0, .present)])
        let cancelled = await statusOf {
            let mine = try await day.harness.bookings.listBookings(.init(applicationId: [day.people[0]])).bookings
            _ = try await day.harness.bookings.cancelBooking(.init(id: mine[0].id))
        }
        #expect(cancelled?.reason == "EVENT_CLOSED")
        try await day.harness.tell(day.people[0], .withdrawn, version: 2)
        let register = try await day.harness.bookings.getRegister(.init(eventId: day.event.id))
        #expect(register.lines.count == 1 && register.candidateIds.count == 2)
    }

    @Test("takes what a device sends twice once")
    func repeated() async throws {
        let day = try await day()
        let first = try await day.record([day.line(0, .present)])
        #expect(try await day.record([day.line(0, .present)]) == first)
        #expect(try await day.record([day.line(0, .present), day.line(0, .present)]) == first)
    }

    @Test("refuses strangers, parts that are none, and minutes that make no sense, line by line")
    func refusals() async throws {
        let day = try await day()
        let error = await statusOf {
            _ = try await day.record([day.line(2, .present), day.line(0, .present, part: 3), day.line(0, .late),
                                      day.line(1, .present, missed: 5), day.line(1, .part, missed: 361)])
        }
        #expect(error?.code == .invalidArgument)
        #expect(error.flatMap { StatusDetailsFields.names($0) }?.prefix(4) == [
            "lines[0].candidateId", "lines[1].partNumber", "lines[2].minutesMissed", "lines[3].minutesMissed",
        ])
        #expect(await statusOf { _ = try await day.record([]) }?.code == .invalidArgument)
    }

    @Test("keeps a part that has lines in the event")
    func keptPart() async throws {
        let day = try await day()
        day.harness.wallClock.advance(by: .seconds(86_400))
        _ = try await day.record([day.line(0, .present, part: 2)])
        var fewer = Harness.resize(day.event, to: 3)
        fewer.parts = Array(fewer.parts.prefix(1))
        let gone = await statusOf { [fewer] in _ = try await day.harness.eventsClient.updateEvent(fewer) }
        #expect(gone?.reason == "PART_HAS_REGISTER")
    }
}
