import Contracts
import RPC

/// What became of one part of an answer.
struct PartAnswer<Reply: Sendable>: Sendable {
    /// Nil if it is missing, and if there was nothing to ask for.
    let reply: Reply?
    /// What the answer says of it.
    let report: GatewayV1.Part
    /// Why it is missing, if the service said so.
    var error: RPCError?
}

extension GatewayV1.Part {
    init(_ name: String, of service: PeerService, _ code: StatusCode = .ok, _ detail: String = "") {
        self.init(name: name, service: service.rawValue, status: code.name, detail: detail)
    }

    /// Whether what it names is there, all of it or its beginning.
    var isThere: Bool { status == StatusCode.ok.name }
}

/// A page of a list; more may follow it.
protocol PageReply {
    /// Empty on the last page.
    var nextPageToken: String { get }
}

extension EnrolmentV1.ListApplicationsReply: PageReply {}
extension EnrolmentV1.SearchCandidatesReply: PageReply {}
extension PartnershipV1.ListPartnersReply: PageReply {}
extension PartnershipV1.ListPartnerMembersReply: PageReply {}
extension PartnershipV1.SearchSchoolsReply: PageReply {}
extension TrainingEventsV1.ListEventsReply: PageReply {}
extension TrainingEventsV1.ListBookingsReply: PageReply {}
extension TrainingEventsV1.ListWaitingReply: PageReply {}
extension TrainingEventsV1.ListAttendanceReply: PageReply {}
extension DiagnosticsV1.ListDiagnosticsReply: PageReply {}
