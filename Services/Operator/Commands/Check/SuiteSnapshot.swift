package import Contracts
package import Values

/// What was read of a suite, service by service. It is one moment of the suite only if nothing was written meanwhile;
/// `CheckRun` sees to that.
package struct SuiteSnapshot: Sendable {
    /// A partner with what it counts and who belongs to it on the day of the counts.
    package struct PartnerRecord: Hashable, Sendable {
        package var partner: PartnershipV1.Partner
        package var members: [PartnershipV1.PartnerMember]
        package var counts: PartnershipV1.PartnerCounts

        package init(
            partner: PartnershipV1.Partner, members: [PartnershipV1.PartnerMember] = [],
            counts: PartnershipV1.PartnerCounts
        ) {
            self.partner = partner
            self.members = members
            self.counts = counts
        }
    }

    /// When reading began.
    package var takenAt: Instant
    /// From so long before an event nobody is offered a place any more.
    package var noticePeriod: Duration
    package var followers: [FollowerPosition] = []
    package var candidates: [EnrolmentV1.Candidate] = []
    package var applications: [EnrolmentV1.Application] = []
    package var participants: [TrainingEventsV1.Participant] = []
    package var events: [TrainingEventsV1.Event] = []
    /// All, those that have ended too.
    package var bookings: [TrainingEventsV1.Booking] = []
    /// Those that wait or have an offer.
    package var waiting: [TrainingEventsV1.WaitingEntry] = []
    /// By event, newest first: of events that have a free place while somebody waits.
    package var promotions: [String: [TrainingEventsV1.PromotionDecision]] = [:]
    /// Those that may be assigned, without their items.
    package var instruments: [DiagnosticsV1.Instrument] = []
    package var diagnostics: [DiagnosticsV1.Diagnostic] = []
    package var partners: [PartnerRecord] = []
    package var histories: [RecordHistory] = []

    package init(takenAt: Instant, noticePeriod: Duration = .seconds(72 * 3600)) {
        self.takenAt = takenAt
        self.noticePeriod = noticePeriod
    }
}

/// How far a service is with another's feed.
package struct FollowerPosition: Hashable, Sendable {
    /// The services' names: "training-events" follows "enrolment".
    package var follower: String
    package var source: String
    /// Of the last event that was applied.
    package var position: String
    /// Of the last event that there is.
    package var end: String

    package init(follower: String, source: String, position: String, end: String) {
        self.follower = follower
        self.source = source
        self.position = position
        self.end = end
    }

    package var isAtEnd: Bool { position == end }
    /// "training-events after enrolment".
    package var words: String { "\(follower) after \(source)" }
}

/// The versions in one record's history.
package struct RecordHistory: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case application, booking, event, diagnostic, partner
    }

    package var kind: Kind
    package var id: String
    /// The record's own.
    package var version: Int64
    /// Newest first, as they are listed.
    package var versions: [Int64]
    /// How many records of this kind there are; histories of some of them may have been read only.
    package var outOf: Int

    package init(kind: Kind, id: String, version: Int64, versions: [Int64], outOf: Int) {
        self.kind = kind
        self.id = id
        self.version = version
        self.versions = versions
        self.outOf = outOf
    }
}
