import Contracts
import Logging
import RPC
import ServiceKit

/// Asks several services for the parts of one answer, and notes what became of each.
///
/// ```swift
/// async let applications = parts.part("applications", of: .enrolment, isNeeded: true) { try await … }
/// let (candidate, question) = try await parts.question("candidate", of: .enrolment) { try await … }
/// let ids = await applications.reply?.applications.compactMap(\.partnerId)
/// async let partners = parts.part("partners", of: .partnership, ids: ids, from: await applications.report) { ids in … }
/// ```
///
/// All parts share one deadline, a little before the request's own: whatever hangs, there is an answer in time. A part
/// that others need has a share of that time only, so that they still have theirs when it hangs. The question has all
/// of it: without it there is no answer anyway.
struct Aggregation: Sendable {
    /// Kept of the request's time for putting the answer together and sending it.
    static let reserve = Duration.milliseconds(250)
    /// The reserve's largest share of a request's time, for those that have little.
    static let largestReserve = 0.25
    /// Share of the time that a part has which others need.
    static let shareIfNeeded = 0.6
    /// Records that a service gives at once.
    static let mostIDs = 200

    private let whole: CallScope
    private let shortened: CallScope
    private let counted: Family<Counter>
    private let logger: Logger

    /// - Parameters:
    ///   - time: What a call without a deadline has.
    ///   - counted: Counts parts by service and status.
    init(_ context: ServerContext, time: Duration, counted: Family<Counter>, logger: Logger) {
        let left = max(.zero, (context.deadline ?? .after(time)).remaining)
        let useful = left - min(Self.reserve, left * Self.largestReserve)
        func scope(_ time: Duration) -> CallScope {
            var head = context.head
            head.deadline = .after(time)
            return CallScope(head)
        }
        whole = scope(useful)
        shortened = scope(useful * Self.shareIfNeeded)
        self.counted = counted
        var logger = logger
        logger[metadataKey: "rpc.method"] = "\(context.method.fullName)"
        if !context.requestID.isEmpty { logger[metadataKey: "request.id"] = "\(context.requestID)" }
        if let id = context.head.traceID { logger[metadataKey: TraceLogs.key] = "\(id)" }
        self.logger = logger
    }

    /// What the answer is about.
    /// - Throws: the service's error: it is the answer then.
    func question<Reply: Sendable>(
        _ name: String, of service: PeerService, _ ask: @Sendable () async throws -> Reply
    ) async throws(RPCError) -> (Reply, GatewayV1.Part) {
        let reply = try await outcome(name, service, whole, ask).get()
        return (reply, GatewayV1.Part(name, of: service))
    }

    /// A part that needs nothing but the request, or what the question answered.
    /// - Parameter isNeeded: Other parts wait for it.
    func part<Reply: Sendable>(
        _ name: String, of service: PeerService, isNeeded: Bool = false, _ ask: @Sendable () async throws -> Reply
    ) async -> PartAnswer<Reply> {
        switch await outcome(name, service, isNeeded ? shortened : whole, ask) {
        case .success(let reply):
            var report = GatewayV1.Part(name, of: service)
            report.truncated = (reply as? any PageReply)?.nextPageToken.isEmpty == false
            return PartAnswer(reply: reply, report: report)
        case .failure(let error):
            let detail = Problem(error, isConditional: false).detail
            return PartAnswer(reply: nil, report: .init(name, of: service, error.code, detail), error: error)
        }
    }

    /// The records that other parts name, asked for all at once. Without an id nothing is asked.
    /// - Parameters:
    ///   - ids: In order; what is named twice is asked for once. Nil: nobody could say.
    ///   - sources: The parts that name them. Where one is missing, this one is too, or is not whole.
    func part<ID: Hashable & Sendable, Reply: Sendable>(
        _ name: String, of service: PeerService, ids: [ID]?, from sources: GatewayV1.Part...,
        ask: @Sendable ([ID]) async throws -> Reply
    ) async -> PartAnswer<Reply> {
        var seen: Set<ID> = []
        let distinct = (ids ?? []).filter { seen.insert($0).inserted }
        let missing = sources.first { !$0.isThere }
        guard !distinct.isEmpty else {
            guard let missing else { return PartAnswer(reply: nil, report: .init(name, of: service)) }
            var report = GatewayV1.Part(name, of: service)
            report.status = missing.status
            report.detail = "It was not asked for: \(missing.name), which names it, is missing."
            return PartAnswer(reply: nil, report: report)
        }
        let asked = Array(distinct.prefix(Self.mostIDs))
        let answer = await part(name, of: service) { try await ask(asked) }
        guard answer.report.isThere else { return answer }
        var report = answer.report
        report.truncated = distinct.count > asked.count
        if let missing {
            report.status = missing.status
            report.detail = "Those that \(missing.name) would name are missing."
        }
        return PartAnswer(reply: answer.reply, report: report)
    }

    private func outcome<Reply: Sendable>(
        _ name: String, _ service: PeerService, _ scope: CallScope, _ ask: @Sendable () async throws -> Reply
    ) async -> Result<Reply, RPCError> {
        do {
            let reply = try await CallScope.$current.withValue(scope) { try await ask() }
            counted.with(service.rawValue, StatusCode.ok.name).add()
            return .success(reply)
        } catch {
            let error = RPCError(thrownByHandler: error, isPastDeadline: scope.deadline?.hasPassed ?? false)
            counted.with(service.rawValue, error.code.name).add()
            if error.code != .notFound, error.code != .cancelled {
                logger.warning(
                    "part missing",
                    metadata: [
                        "part.name": "\(name)", "part.service": "\(service.rawValue)",
                        "part.status": "\(error.code.name)", "error.cause": "\(error.cause.map { "\($0)" } ?? error.message)",
                    ])
            }
            return .failure(error)
        }
    }
}
