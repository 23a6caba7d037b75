import Contracts

/// What Partnership counts for a partner is what a recount of the other services' records gives.
package struct PartnerCountsAddUp: Invariant {
    package let name = "partner-counts-add-up"
    package let claim = "each partner's figures are those of a recount"
    package let subjects = "partners"

    package init() {}

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        let recount = PartnerRecount(suite)
        var judgement = Judgement()
        for record in suite.partners { judgement.look(at: record.partner.id, recount.fault(record)) }
        return judgement
    }
}

/// The figures of schools and partners, counted from the records themselves.
struct PartnerRecount {
    struct Figures: Hashable {
        var candidates: Int64 = 0
        var participants: Int64 = 0
        var places: Int64 = 0
        var events: Int64 = 0

        static func += (sum: inout Figures, other: Figures) {
            sum.candidates += other.candidates
            sum.participants += other.participants
            sum.places += other.places
            sum.events += other.events
        }

        var words: String {
            "\(candidates) candidates, \(participants) participants, \(places) places, \(events) events"
        }
    }

    struct OwnFigures: Hashable {
        var applications: Int64 = 0
        var participants: Int64 = 0
        var events: Int64 = 0

        var words: String { "\(applications) own applications, \(participants) own participants, \(events) own events" }
    }

    private var schools: [Int64: Figures] = [:]
    private var own: [String: OwnFigures] = [:]

    /// People are counted where they work now; applications, and the places that they gave, where they worked when they
    /// applied.
    init(_ suite: SuiteSnapshot) {
        var schoolNow: [String: Int64] = [:]
        for candidate in suite.candidates { schoolNow[candidate.id] = candidate.schoolUrn }
        var schoolThen: [String: Int64] = [:]
        for applicant in Set(suite.applications.map(\.candidateId)) {
            if let school = schoolNow[applicant] { schools[school, default: Figures()].candidates += 1 }
        }
        for application in suite.applications {
            let takesPart = application.approvalStatus == .accepted && application.trainingStatus != .withdrawn
            schoolThen[application.id] = application.schoolUrn
            if let school = application.schoolUrn, takesPart { schools[school, default: Figures()].participants += 1 }
            if let partner = application.partnerId {
                own[partner, default: OwnFigures()].applications += 1
                if takesPart { own[partner, default: OwnFigures()].participants += 1 }
            }
        }
        for booking in suite.bookings where booking.status == .booked {
            if let school = schoolThen[booking.applicationId] { schools[school, default: Figures()].places += 1 }
        }
        for event in suite.events where event.status != .cancelled {
            if let school = event.venue?.schoolUrn { schools[school, default: Figures()].events += 1 }
            if let partner = event.partnerId { own[partner, default: OwnFigures()].events += 1 }
        }
    }

    /// What is wrong with a partner's counts; nil if nothing is.
    func fault(_ record: SuiteSnapshot.PartnerRecord) -> String? {
        let counts = record.counts
        var sum = Figures()
        for urn in Set(record.members.map(\.schoolUrn)).sorted() {
            let counted = counts.schools.filter { $0.schoolUrn == urn }
            guard let school = counted.first, counted.count == 1 else {
                return "counts school \(urn) \(counted.count) times"
            }
            let held = schools[urn] ?? Figures()
            if Figures(school) != held { return "counts \(Figures(school).words) at school \(urn), but there are \(held.words)" }
            sum += held
        }
        let members = Set(record.members.map(\.schoolUrn))
        if let stranger = counts.schools.first(where: { !members.contains($0.schoolUrn) }) {
            return "counts school \(stranger.schoolUrn), which is no member"
        }
        if Figures(counts) != sum { return "sums up to \(Figures(counts).words), but its schools to \(sum.words)" }
        let held = own[record.partner.id] ?? OwnFigures()
        return OwnFigures(counts) == held ? nil : "counts \(OwnFigures(counts).words), but there are \(held.words)"
    }
}

extension PartnerRecount.Figures {
    fileprivate init(_ school: PartnershipV1.PartnerCounts.School) {
        self.init(
            candidates: school.candidates, participants: school.participants, places: school.places,
            events: school.events)
    }

    fileprivate init(_ counts: PartnershipV1.PartnerCounts) {
        self.init(
            candidates: counts.candidates, participants: counts.participants, places: counts.places,
            events: counts.events)
    }
}

extension PartnerRecount.OwnFigures {
    fileprivate init(_ counts: PartnershipV1.PartnerCounts) {
        self.init(
            applications: counts.ownApplications, participants: counts.ownParticipants, events: counts.ownEvents)
    }
}
