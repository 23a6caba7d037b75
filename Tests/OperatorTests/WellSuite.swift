import Contracts
import OperatorCommands
import Values

/// A small suite in which everything holds; tests break it in one place each.
enum WellSuite {
    static let now = Instant(microseconds: 1_800_000_000_000_000)
    static let day: Int64 = 86_400_000_000

    static var snapshot: SuiteSnapshot {
        var suite = SuiteSnapshot(takenAt: now)
        suite.followers = [
            FollowerPosition(follower: "training-events", source: "enrolment", position: "e7", end: "e7"),
            FollowerPosition(follower: "partnership", source: "training-events", position: "", end: ""),
        ]
        suite.candidates = [
            EnrolmentV1.Candidate(id: "c1", schoolUrn: 100_001), EnrolmentV1.Candidate(id: "c2", schoolUrn: 100_001),
            EnrolmentV1.Candidate(id: "c3", schoolUrn: 100_002), EnrolmentV1.Candidate(id: "c4"),
            EnrolmentV1.Candidate(id: "c5", schoolUrn: 100_001),
        ]
        suite.applications = [
            application("a1", "c1", .accepted, .active, school: 100_001, partner: "p1"),
            // Has changed schools since.
            application("a2", "c2", .accepted, .deferred, school: 100_002),
            application("a3", "c3", .accepted, .withdrawn, school: 100_002, partner: "p1"),
            application("a4", "c4", .accepted, .active),
            application("a5", "c2", .rejected, .unspecified),
        ]
        suite.participants = [
            participant("a1", "c1", .active), participant("a2", "c2", .deferred), participant("a3", "c3", .withdrawn),
            participant("a4", "c4", .active),
        ]
        suite.events = [event]
        suite.bookings = [
            TrainingEventsV1.Booking(
                id: "b1", eventId: "e1", candidateId: "c1", applicationId: "a1", status: .booked, version: 1),
            TrainingEventsV1.Booking(
                id: "b2", eventId: "e1", candidateId: "c3", applicationId: "a3", status: .released, version: 2),
        ]
        suite.waiting = [waiting("w1", "a2", "c2", .waiting), waiting("w2", "a4", "c4", .offered)]
        suite.instruments = [DiagnosticsV1.Instrument(id: "self", programmes: ["npq-headship"])]
        suite.diagnostics = [
            diagnostic("d1", "a1", "c1", .submitted), diagnostic("d2", "a2", "c2", .started),
            diagnostic("d3", "a3", "c3", .closed), diagnostic("d4", "a4", "c4", .assigned),
        ]
        suite.partners = [partner]
        suite.histories = RecordHistory.Kind.allCases.map { kind in
            RecordHistory(kind: kind, id: "\(kind)1", version: 3, versions: [3, 2, 1], outOf: 1)
        }
        return suite
    }

    /// In a week: five places, one booked, one offered, one reserved, one blocked, one free, which nobody may be asked
    /// for: the only one who waits has deferred.
    static var event: TrainingEventsV1.Event {
        TrainingEventsV1.Event(
            id: "e1", programme: "npq-headship", cohortId: "2026b", partnerId: "p1", status: .scheduled,
            venue: TrainingEventsV1.Venue(schoolUrn: 100_002),
            parts: [TrainingEventsV1.EventPart(number: 1, startsAt: .init(microsecondsSince1970: now.microseconds + 7 * day))],
            capacity: 5, reserved: 1, blocked: 1,
            places: TrainingEventsV1.Places(
                capacity: 5, booked: 1, offered: 1, reserved: 1, blocked: 1, free: 1, waiting: 1),
            version: 1)
    }

    private static var partner: SuiteSnapshot.PartnerRecord {
        SuiteSnapshot.PartnerRecord(
            partner: PartnershipV1.Partner(id: "p1", version: 3),
            members: [
                PartnershipV1.PartnerMember(id: "m1", partnerId: "p1", schoolUrn: 100_001),
                PartnershipV1.PartnerMember(id: "m2", partnerId: "p1", schoolUrn: 100_002),
                PartnershipV1.PartnerMember(id: "m3", partnerId: "p1", schoolUrn: 100_003),
            ],
            counts: PartnershipV1.PartnerCounts(
                partnerId: "p1",
                schools: [
                    .init(schoolUrn: 100_001, candidates: 2, participants: 1, places: 1, events: 0),
                    .init(schoolUrn: 100_002, candidates: 1, participants: 1, places: 0, events: 1),
                    .init(schoolUrn: 100_003),
                ],
                candidates: 3, participants: 2, places: 1, events: 1, ownApplications: 2, ownParticipants: 1,
                ownEvents: 1))
    }

    static func application(
        _ id: String, _ candidate: String, _ approval: EnrolmentV1.ApprovalStatus,
        _ training: EnrolmentV1.TrainingStatus, school: Int64? = nil, partner: String? = nil
    ) -> EnrolmentV1.Application {
        EnrolmentV1.Application(
            id: id, candidateId: candidate, programme: "npq-headship", cohortId: "2026b", approvalStatus: approval,
            trainingStatus: training, partnerId: partner, schoolUrn: school, version: 1)
    }

    static func participant(
        _ application: String, _ candidate: String, _ state: TrainingEventsV1.ParticipantState
    ) -> TrainingEventsV1.Participant {
        TrainingEventsV1.Participant(
            applicationId: application, candidateId: candidate, programme: "npq-headship", cohortId: "2026b",
            state: state)
    }

    static func waiting(
        _ id: String, _ application: String, _ candidate: String, _ status: TrainingEventsV1.WaitingStatus
    ) -> TrainingEventsV1.WaitingEntry {
        TrainingEventsV1.WaitingEntry(
            id: id, eventId: "e1", candidateId: candidate, applicationId: application, status: status, version: 1)
    }

    static func diagnostic(
        _ id: String, _ application: String, _ candidate: String, _ status: DiagnosticsV1.DiagnosticStatus
    ) -> DiagnosticsV1.Diagnostic {
        DiagnosticsV1.Diagnostic(
            id: id, candidateId: candidate, applicationId: application, programme: "npq-headship", cohortId: "2026b",
            status: status, version: 1)
    }
}
