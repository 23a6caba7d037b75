import Contracts
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Values

@testable import GatewayService

/// Stands for the four services behind the gateway: each method that overviews call answers with a few records, or does
/// what the test told it.
final class FakeSuite: Sendable {
    enum Mood: Sendable {
        case well
        case failing(StatusCode)
        /// Never answers, and heeds no cancellation.
        case hanging
    }

    /// What was called, in order: the method and how many ids it named.
    let calls = Calls()
    private let moods = Mutex<[String: Mood]>([:])
    private let meetings = Mutex<[String: Meeting]>([:])
    private let seen = Mutex<[String: ServerContext]>([:])
    /// Records in each list.
    let rows: Int

    init(rows: Int = 3) {
        self.rows = rows
    }

    /// - Parameter name: of a service's process or of a method.
    func set(_ mood: Mood, for name: String) { moods.withLock { $0[name] = mood } }

    /// Lets these methods answer only once all of them have been called.
    func meet(_ methods: String...) {
        let meeting = Meeting(methods.count)
        meetings.withLock { meetings in for method in methods { meetings[method] = meeting } }
    }

    /// What the last call of a method came with.
    func context(of method: String) -> ServerContext? { seen.withLock { $0[method] } }

    func channel(of service: PeerService) -> any Channel {
        var router = Router()
        switch service {
        case .partnership: partnership(&router)
        case .enrolment: enrolment(&router)
        case .trainingEvents: trainingEvents(&router)
        case .diagnostics: diagnostics(&router)
        }
        return InProcessChannel(to: RPCServer(router: router))
    }

    /// The gateway's own methods in front of these services.
    func overviews(
        time: Duration = .seconds(20), metrics: MetricsRegistry = MetricsRegistry(), log: LogCapture = LogCapture()
    ) -> OverviewsClient {
        var router = Router()
        OverviewsService(
            services: ServiceClients(channel), wallClock: Self.wallClock, time: time, metrics: metrics,
            logger: log.logger()
        ).register(with: &router)
        return OverviewsClient(StandardServices.ownChannel(to: router))
    }

    private func answer(_ service: PeerService, _ context: ServerContext, ids: Int = 0) async throws {
        let method = context.method.method
        calls.add(ids == 0 ? method : "\(method) \(ids)")
        seen.withLock { $0[method] = context }
        let mood = moods.withLock { $0[method] ?? $0[service.rawValue] ?? .well }
        switch mood {
        case .failing(let code):
            throw RPCError(code, Self.message(code))
        case .hanging:
            let (never, _) = AsyncStream.makeStream(of: Void.self)
            await Task { await never.first { _ in true } }.value
        case .well: await meetings.withLock { $0[method] }?.wait()
        }
    }

    /// What a broken service says is not for the outside.
    private static func message(_ code: StatusCode) -> String {
        switch code {
        case .notFound: "There is no such record."
        case .deadlineExceeded: "The deadline passed."
        default: "ipc:///secret/path"
        }
    }

    private var numbers: Range<Int> { 0..<rows }
    /// Half past midnight on 1 July in London, when it is still June in UTC.
    static let wallClock = FixedWallClock(Instant(microseconds: 1_782_862_200_000_000))

    private func partnership(_ router: inout Router) {
        router.unary(PartnersMethods.getPartner) { (request: PartnershipV1.GetPartnerRequest, context) in
            try await self.answer(.partnership, context)
            return PartnershipV1.Partner(id: request.id, version: 1)
        }
        router.unary(PartnersMethods.batchGetPartners) { (request: PartnershipV1.BatchGetPartnersRequest, context) in
            try await self.answer(.partnership, context, ids: request.ids.count)
            return PartnershipV1.BatchGetPartnersReply(partners: request.ids.map { .init(id: $0) })
        }
        router.unary(PartnersMethods.getPartnerCounts) { (request: PartnershipV1.GetPartnerCountsRequest, context) in
            try await self.answer(.partnership, context)
            return PartnershipV1.PartnerCounts(partnerId: request.id, asOf: request.asOf)
        }
        router.unary(PartnersMethods.listPartnerMembers) { (_: PartnershipV1.ListPartnerMembersRequest, context) in
            try await self.answer(.partnership, context)
            return PartnershipV1.ListPartnerMembersReply(members: self.numbers.map { .init(id: "m\($0)") })
        }
        router.unary(PartnersMethods.listPartners) { (_: PartnershipV1.ListPartnersRequest, context) in
            try await self.answer(.partnership, context)
            return PartnershipV1.ListPartnersReply(partners: [.init(id: "p")], nextPageToken: "more")
        }
        router.unary(SchoolsMethods.getSchool) { (request: PartnershipV1.GetSchoolRequest, context) in
            try await self.answer(.partnership, context)
            return PartnershipV1.School(urn: request.urn)
        }
        router.unary(SchoolsMethods.searchSchools) { (_: PartnershipV1.SearchSchoolsRequest, context) in
            try await self.answer(.partnership, context)
            return PartnershipV1.SearchSchoolsReply(schools: [.init(urn: 1)])
        }
    }

    private func enrolment(_ router: inout Router) {
        router.unary(CandidatesMethods.getCandidate) { (request: EnrolmentV1.GetCandidateRequest, context) in
            try await self.answer(.enrolment, context)
            return EnrolmentV1.Candidate(id: request.id, schoolUrn: 100_001)
        }
        router.unary(CandidatesMethods.batchGetCandidates) { (request: EnrolmentV1.BatchGetCandidatesRequest, context) in
            try await self.answer(.enrolment, context, ids: request.ids.count)
            return EnrolmentV1.BatchGetCandidatesReply(candidates: request.ids.map { .init(id: $0) })
        }
        router.unary(CandidatesMethods.searchCandidates) { (_: EnrolmentV1.SearchCandidatesRequest, context) in
            try await self.answer(.enrolment, context)
            return EnrolmentV1.SearchCandidatesReply(candidates: [.init(id: "c")])
        }
        router.unary(ApplicationsMethods.listApplications) { (_: EnrolmentV1.ListApplicationsRequest, context) in
            try await self.answer(.enrolment, context)
            return EnrolmentV1.ListApplicationsReply(
                applications: self.numbers.map {
                    .init(id: "a\($0)", candidateId: "c\($0)", partnerId: $0 == 0 ? nil : "p\($0 % 2)")
                })
        }
        router.unary(ApplicationsMethods.countApplications) { (_: EnrolmentV1.CountApplicationsRequest, context) in
            try await self.answer(.enrolment, context)
            return EnrolmentV1.CountApplicationsReply(counts: [.init(programme: "npq", applications: 4)])
        }
        router.unary(CatalogueMethods.getCohort) { (request: EnrolmentV1.GetCohortRequest, context) in
            try await self.answer(.enrolment, context)
            return EnrolmentV1.Cohort(id: request.id)
        }
    }

    private func trainingEvents(_ router: inout Router) {
        router.unary(EventsMethods.getEvent) { (request: TrainingEventsV1.GetEventRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.Event(id: request.id, partnerId: "p1", venue: .init(schoolUrn: 100_001))
        }
        router.unary(EventsMethods.batchGetEvents) { (request: TrainingEventsV1.BatchGetEventsRequest, context) in
            try await self.answer(.trainingEvents, context, ids: request.ids.count)
            return TrainingEventsV1.BatchGetEventsReply(events: request.ids.map { .init(id: $0) })
        }
        router.unary(EventsMethods.listEvents) { (_: TrainingEventsV1.ListEventsRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.ListEventsReply(events: [.init(id: "e")])
        }
        router.unary(EventsMethods.countEvents) { (_: TrainingEventsV1.CountEventsRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.CountEventsReply(counts: [.init(programme: "npq", events: 2)])
        }
        router.unary(BookingsMethods.listBookings) { (_: TrainingEventsV1.ListBookingsRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.ListBookingsReply(
                bookings: self.numbers.map {
                    .init(id: "b\($0)", eventId: "e\($0)", candidateId: "c\($0)", applicationId: "a\($0)")
                })
        }
        router.unary(BookingsMethods.listWaiting) { (_: TrainingEventsV1.ListWaitingRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.ListWaitingReply(
                entries: self.numbers.map { .init(id: "w\($0)", eventId: "x\($0)", candidateId: "y\($0)") })
        }
        router.unary(BookingsMethods.listAttendance) { (_: TrainingEventsV1.ListAttendanceRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.ListAttendanceReply(lines: [.init(id: "l")], nextPageToken: "more")
        }
        router.unary(BookingsMethods.getRegister) { (_: TrainingEventsV1.GetRegisterRequest, context) in
            try await self.answer(.trainingEvents, context)
            return TrainingEventsV1.GetRegisterReply(lines: [.init(id: "l")])
        }
    }

    private func diagnostics(_ router: inout Router) {
        router.unary(DiagnosticsMethods.listDiagnostics) { (request: DiagnosticsV1.ListDiagnosticsRequest, context) in
            try await self.answer(.diagnostics, context, ids: request.applicationId.count)
            return DiagnosticsV1.ListDiagnosticsReply(diagnostics: [.init(id: "d")])
        }
        router.unary(DiagnosticsMethods.countDiagnostics) { (_: DiagnosticsV1.CountDiagnosticsRequest, context) in
            try await self.answer(.diagnostics, context)
            return DiagnosticsV1.CountDiagnosticsReply(counts: [.init(programme: "npq", diagnostics: 1)])
        }
    }
}

/// Holds those who come until all are there.
final class Meeting: Sendable {
    private struct State {
        var missing: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(missing: count))
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let all = state.withLock { state in
                state.missing -= 1
                state.waiting.append(continuation)
                guard state.missing <= 0 else { return [CheckedContinuation<Void, Never>]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in all { continuation.resume() }
        }
    }
}
