import Contracts
import OperatorCommands
import Testing
import Values

@Suite("The invariants of a suite")
struct InvariantTests {
    /// A suite that is broken in one place.
    struct Broken: Sendable, CustomTestStringConvertible {
        let invariant: any Invariant
        let what: String
        /// The record that is to be named.
        let id: String
        let breaking: @Sendable (inout SuiteSnapshot) -> Void

        init(
            _ invariant: any Invariant, _ what: String, names id: String,
            _ breaking: @escaping @Sendable (inout SuiteSnapshot) -> Void
        ) {
            (self.invariant, self.what, self.id, self.breaking) = (invariant, what, id, breaking)
        }

        var testDescription: String { "\(invariant.name): \(what)" }
    }

    @Test("all hold of a suite that is well, and each has looked at something", arguments: Invariants.all.indices)
    func well(index: Int) {
        let judgement = Invariants.all[index].judge(WellSuite.snapshot)
        #expect(judgement.offenders == [])
        #expect(judgement.checked > 0)
    }

    @Test("all hold of a suite without any records")
    func empty() {
        let nothing = SuiteSnapshot(takenAt: WellSuite.now)
        for invariant in Invariants.all { #expect(invariant.judge(nothing) == Judgement(), "\(invariant.name)") }
    }

    @Test("each is broken by what it forbids, and names the record", arguments: broken)
    func isBroken(example: Broken) {
        var suite = WellSuite.snapshot
        example.breaking(&suite)
        #expect(example.invariant.judge(suite).offenders.map(\.id) == [example.id])
    }

    @Test("every invariant has an example that breaks it")
    func examples() {
        #expect(Set(Invariants.all.map(\.name)) == Set(Self.broken.map(\.invariant.name)))
    }

    static let broken: [Broken] = places + people + histories

    private static let histories: [Broken] = {
        let wrong: [(what: String, versions: [Int64])] = [
            ("has none", []), ("lacks its last version", [2, 1]), ("lacks one between", [3, 1]),
            ("lacks the first", [3, 2]), ("has one twice", [3, 2, 2, 1]),
        ]
        return RecordHistory.Kind.allCases.flatMap { kind in
            wrong.map { what, versions in
                Broken(HistoriesComplete(kind: kind), "a history \(what)", names: "\(kind)1") { suite in
                    for index in suite.histories.indices { suite.histories[index].versions = versions }
                }
            }
        }
    }()

    private static let places: [Broken] = [
        Broken(FollowersAtEnds(), "a follower is behind", names: "training-events after enrolment") {
            $0.followers[0].position = "e6"
        },
        Broken(NeverOversold(), "more places are taken than there are", names: "e1") {
            $0.events[0].places?.booked = 3
        },
        Broken(NeverOversold(), "offers are not counted as taken", names: "e1") { $0.events[0].places?.free = 2 },
        Broken(NeverOversold(), "a count is below nought", names: "e1") {
            $0.events[0].places?.offered = -1
            $0.events[0].places?.free = 3
        },
        Broken(CountsEqualRows(), "a booking is not counted", names: "e1") { $0.bookings[1].status = .booked },
        Broken(CountsEqualRows(), "an offer is counted that nobody has", names: "e1") {
            $0.waiting[1].status = .accepted
        },
        Broken(CountsEqualRows(), "somebody waits for an event that is not listed", names: "e9") {
            $0.waiting.append(WellSuite.waiting("w9", "a1", "c1", .waiting))
            $0.waiting[2].eventId = "e9"
        },
        Broken(OnePlacePerPerson(), "a person has two places", names: "b2") {
            $0.bookings[1].status = .booked
            $0.bookings[1].candidateId = "c1"
        },
        Broken(NobodyWaitsInVain(), "somebody waits who may be asked", names: "e1") {
            $0.participants[1].state = .active
        },
        Broken(NobodyWaitsInVain(), "an offer was declined, and another made and declined before", names: "e1") {
            $0.participants[1].state = .active
            $0.promotions["e1"] = [
                TrainingEventsV1.PromotionDecision(entryId: "w1", outcome: "offered"),
                TrainingEventsV1.PromotionDecision(entryId: "w1", outcome: "declined"),
            ]
        },
        Broken(NobodyWaitsInVain(), "tomorrow's place is free for somebody who is booked without asking", names: "e1") {
            $0.participants[1].state = .active
            $0.waiting[0].bookWithoutAsking = true
            $0.events[0].parts[0].startsAt = .init(microsecondsSince1970: WellSuite.now.microseconds + WellSuite.day)
        },
    ]

    private static let people: [Broken] = [
        Broken(OneAcceptedApplication(), "a person was accepted twice", names: "a9") {
            $0.applications.append(WellSuite.application("a9", "c1", .accepted, .active))
        },
        Broken(ParticipantsFollowApplications(), "a deferral was not told", names: "a2") {
            $0.participants[1].state = .active
        },
        Broken(ParticipantsFollowApplications(), "an acceptance was not told", names: "a4") {
            $0.participants.removeLast()
        },
        Broken(ParticipantsFollowApplications(), "a rejection was not told", names: "a5") {
            $0.participants.append(WellSuite.participant("a5", "c2", .active))
        },
        Broken(ParticipantsFollowApplications(), "somebody books whom Enrolment does not know", names: "a9") {
            $0.participants.append(WellSuite.participant("a9", "c1", .active))
        },
        Broken(ParticipantsFollowApplications(), "the programme is another", names: "a1") {
            $0.participants[0].programme = "npq-senior-leadership"
        },
        Broken(DiagnosticsFollowApplications(), "an accepted application has none", names: "a4") {
            $0.diagnostics.removeLast()
        },
        Broken(DiagnosticsFollowApplications(), "an accepted application has two", names: "a1") {
            $0.diagnostics.append(WellSuite.diagnostic("d9", "a1", "c1", .assigned))
        },
        Broken(DiagnosticsFollowApplications(), "it is open after a withdrawal", names: "a3") {
            $0.diagnostics[2].status = .started
        },
        Broken(DiagnosticsFollowApplications(), "it is closed though the participant is active", names: "a4") {
            $0.diagnostics[3].status = .closed
        },
        Broken(DiagnosticsFollowApplications(), "it is open after a rejection", names: "a5") {
            $0.diagnostics.append(WellSuite.diagnostic("d9", "a5", "c2", .assigned))
        },
        Broken(PartnerCountsAddUp(), "a school's candidate is missing", names: "p1") {
            $0.partners[0].counts.schools[0].candidates = 1
        },
        Broken(PartnerCountsAddUp(), "the sum is wrong", names: "p1") { $0.partners[0].counts.places = 2 },
        Broken(PartnerCountsAddUp(), "a member is not counted", names: "p1") {
            $0.partners[0].counts.schools.removeLast()
        },
        Broken(PartnerCountsAddUp(), "a stranger is counted", names: "p1") { $0.partners[0].members.removeLast() },
        Broken(PartnerCountsAddUp(), "its own applications are wrong", names: "p1") {
            $0.partners[0].counts.ownApplications = 1
        },
    ]

    @Test("whoever declined the free place waits for the next one, and nobody is asked within the notice period")
    func waitsRightly() {
        var suite = WellSuite.snapshot
        suite.participants[1].state = .active
        suite.promotions["e1"] = [
            TrainingEventsV1.PromotionDecision(entryId: "w1", outcome: "skipped"),
            TrainingEventsV1.PromotionDecision(entryId: "w1", outcome: "declined"),
            TrainingEventsV1.PromotionDecision(entryId: "w1", outcome: "offered"),
        ]
        #expect(NobodyWaitsInVain().judge(suite).holds)
        suite.promotions = [:]
        #expect(!NobodyWaitsInVain().judge(suite).holds)
        suite.noticePeriod = .seconds(7 * 86_400)
        #expect(NobodyWaitsInVain().judge(suite).holds)
    }

    @Test("an application for a programme without a questionnaire has none")
    func unassessed() {
        var suite = WellSuite.snapshot
        suite.diagnostics.removeLast()
        #expect(!DiagnosticsFollowApplications().judge(suite).holds)
        suite.applications[3].programme = "npq-senco"
        #expect(DiagnosticsFollowApplications().judge(suite).holds)
    }

    @Test("a sample is the same every time, has those of the highest rank, and reaches to the end")
    func sample() {
        let all = Array(1...1000)
        let taken = Sample.take(10, of: all) { $0 }
        #expect(taken == Sample.take(10, of: all) { $0 })
        #expect(taken == [1000, 999, 998, 997, 996, 995, 796, 597, 398, 199])
        #expect(Sample.take(1000, of: all) { $0 } == all)
    }
}
