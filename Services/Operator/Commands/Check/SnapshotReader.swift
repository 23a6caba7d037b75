import Contracts
import RPC
import Values

/// Reads a whole suite, page by page.
struct SnapshotReader: Sendable {
    /// Most records of one kind that are read; a suite is far smaller, a list that never ends is not.
    static let mostRecords = 2_000_000
    /// Records of one kind whose histories are read, unless all are asked for.
    static let sampledHistories = 200
    /// Calls in flight where there is one for each record.
    static let inFlight = 16
    static let pageSize: Int32 = 100

    let channels: SuiteChannels
    let noticePeriod: Duration
    /// Read every history.
    let allHistories: Bool
    let wallClock: any WallClock

    func read() async throws -> SuiteSnapshot {
        var suite = SuiteSnapshot(takenAt: wallClock.now(), noticePeriod: noticePeriod)
        async let candidates = candidates()
        async let applications = applications()
        async let participants = participants()
        async let events = events()
        async let bookings = bookings()
        async let waiting = waiting()
        async let diagnostics = diagnostics()
        async let partners = partners()
        suite.instruments = try await InstrumentsClient(channels.diagnostics)
            .listInstruments(.init(), options: Self.options).instruments
        suite.candidates = try await candidates
        suite.applications = try await applications
        suite.participants = try await participants
        suite.events = try await events
        suite.bookings = try await bookings
        suite.waiting = try await waiting
        suite.diagnostics = try await diagnostics
        suite.partners = try await partners
        suite.promotions = try await promotions(suite)
        suite.histories = try await histories(suite)
        return suite
    }

    // MARK: Lists

    private func candidates() async throws -> [EnrolmentV1.Candidate] {
        let client = CandidatesClient(channels.enrolment)
        return try await pages { token in
            let reply = try await client.listCandidates(
                .init(order: .newest, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.candidates, reply.nextPageToken)
        }
    }

    private func applications() async throws -> [EnrolmentV1.Application] {
        let client = ApplicationsClient(channels.enrolment)
        return try await pages { token in
            let reply = try await client.listApplications(
                .init(order: .newest, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.applications, reply.nextPageToken)
        }
    }

    private func participants() async throws -> [TrainingEventsV1.Participant] {
        let client = BookingsClient(channels.trainingEvents)
        return try await pages { token in
            let reply = try await client.listParticipants(
                .init(pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.participants, reply.nextPageToken)
        }
    }

    private func events() async throws -> [TrainingEventsV1.Event] {
        let client = EventsClient(channels.trainingEvents)
        return try await pages { token in
            let reply = try await client.listEvents(
                .init(order: .newest, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.events, reply.nextPageToken)
        }
    }

    private func bookings() async throws -> [TrainingEventsV1.Booking] {
        let client = BookingsClient(channels.trainingEvents)
        return try await pages { token in
            let reply = try await client.listBookings(
                .init(pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.bookings, reply.nextPageToken)
        }
    }

    private func waiting() async throws -> [TrainingEventsV1.WaitingEntry] {
        let client = BookingsClient(channels.trainingEvents)
        return try await pages { token in
            let reply = try await client.listWaiting(
                .init(status: [.waiting, .offered], pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.entries, reply.nextPageToken)
        }
    }

    private func diagnostics() async throws -> [DiagnosticsV1.Diagnostic] {
        let client = DiagnosticsClient(channels.diagnostics)
        return try await pages { token in
            let reply = try await client.listDiagnostics(
                .init(order: .newest, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.diagnostics, reply.nextPageToken)
        }
    }

    private func partners() async throws -> [SuiteSnapshot.PartnerRecord] {
        let client = PartnersClient(channels.partnership)
        let partners = try await pages { token in
            let reply = try await client.listPartners(
                .init(pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.partners, reply.nextPageToken)
        }
        return try await Parallel.map(partners, inFlight: Self.inFlight) { partner in
            let counts = try await client.getPartnerCounts(.init(id: partner.id), options: Self.options)
            let members = try await pages { token in
                let reply = try await client.listPartnerMembers(
                    .init(partnerId: partner.id, asOf: counts.asOf, pageSize: Self.pageSize, pageToken: token),
                    options: Self.options)
                return (reply.members, reply.nextPageToken)
            }
            return SuiteSnapshot.PartnerRecord(partner: partner, members: members, counts: counts)
        }
    }

    /// Of the events for which they can matter.
    private func promotions(_ suite: SuiteSnapshot) async throws -> [String: [TrainingEventsV1.PromotionDecision]] {
        let client = BookingsClient(channels.trainingEvents)
        let ids = suite.events.filter { ($0.places?.free ?? 0) > 0 && ($0.places?.waiting ?? 0) > 0 }.map(\.id)
        let lists = try await Parallel.map(ids, inFlight: Self.inFlight) { id in
            try await pages { token in
                let reply = try await client.listPromotionDecisions(
                    .init(eventId: id, pageSize: Self.pageSize, pageToken: token), options: Self.options)
                return (reply.decisions, reply.nextPageToken)
            }
        }
        return Dictionary(zip(ids, lists)) { first, _ in first }
    }

    // MARK: Histories

    private func histories(_ suite: SuiteSnapshot) async throws -> [RecordHistory] {
        let applications = ApplicationsClient(channels.enrolment)
        let bookings = BookingsClient(channels.trainingEvents)
        let events = EventsClient(channels.trainingEvents)
        let diagnostics = DiagnosticsClient(channels.diagnostics)
        let partners = PartnersClient(channels.partnership)
        var all: [RecordHistory] = []
        all += try await histories(.application, suite.applications.map { ($0.id, $0.version) }) { id, token in
            let reply = try await applications.listApplicationHistory(
                .init(id: id, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.entries, reply.nextPageToken)
        }
        all += try await histories(.booking, suite.bookings.map { ($0.id, $0.version) }) { id, token in
            let reply = try await bookings.listBookingHistory(
                .init(id: id, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.entries, reply.nextPageToken)
        }
        all += try await histories(.event, suite.events.map { ($0.id, $0.version) }) { id, token in
            let reply = try await events.listEventHistory(
                .init(id: id, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.entries, reply.nextPageToken)
        }
        all += try await histories(.diagnostic, suite.diagnostics.map { ($0.id, $0.version) }) { id, token in
            let reply = try await diagnostics.listDiagnosticHistory(
                .init(id: id, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.entries, reply.nextPageToken)
        }
        all += try await histories(.partner, suite.partners.map { ($0.partner.id, $0.partner.version) }) { id, token in
            let reply = try await partners.listPartnerHistory(
                .init(id: id, pageSize: Self.pageSize, pageToken: token), options: Self.options)
            return (reply.entries, reply.nextPageToken)
        }
        return all
    }

    private func histories(
        _ kind: RecordHistory.Kind, _ records: [(id: String, version: Int64)],
        _ fetch: @escaping @Sendable (_ id: String, _ token: String) async throws -> ([CommonV1.HistoryEntry], String)
    ) async throws -> [RecordHistory] {
        let chosen = allHistories ? records : Sample.take(Self.sampledHistories, of: records, by: \.version)
        return try await Parallel.map(chosen, inFlight: Self.inFlight) { record in
            let entries = try await pages { token in try await fetch(record.id, token) }
            return RecordHistory(
                kind: kind, id: record.id, version: record.version, versions: entries.map(\.version),
                outOf: records.count)
        }
    }

    // MARK: Pages

    private static let options = CallOptions(timeout: .seconds(60), waitForReady: true)

    /// All elements of a list, from its first page to its last.
    private func pages<Element>(
        _ fetch: (_ token: String) async throws -> (elements: [Element], next: String)
    ) async throws -> [Element] {
        var all: [Element] = []
        var token = ""
        repeat {
            let (elements, next) = try await fetch(token)
            all += elements
            token = next
            guard all.count <= Self.mostRecords else {
                throw Failure(.failure, "a list has more than \(Self.mostRecords) records, which is too many to check")
            }
        } while !token.isEmpty
        return all
    }
}

/// A few of many, the same in every run.
package enum Sample {
    /// Half of them those with the highest rank, where most can be wrong; the others spread evenly over the rest.
    package static func take<Element, Rank: Comparable>(
        _ count: Int, of all: [Element], by rank: (Element) -> Rank
    ) -> [Element] {
        guard all.count > count else { return all }
        let sorted = all.sorted { rank($0) > rank($1) }
        let first = count / 2
        let rest = sorted[first...]
        let others = count - first
        return sorted[..<first] + (0..<others).map { rest[first + $0 * rest.count / others] }
    }
}
