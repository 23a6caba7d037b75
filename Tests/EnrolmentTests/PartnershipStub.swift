import Contracts
import RPC
import RPCInProcess
import Synchronization

/// A Partnership with the schools and groups that a test gives it.
final class PartnershipStub: Sendable {
    struct Holdings: Sendable {
        var schools: [Int64: PartnershipV1.School] = [:]
        var groups: [Int64: PartnershipV1.SchoolGroup] = [:]
        var members: [Int64: [Int64]] = [:]
        var partners: Set<String> = []
        /// Every call fails so.
        var failure: RPCError?
        var calls = 0
    }

    private let holdings = Mutex(Holdings())

    func change(_ body: (inout Holdings) -> Void) {
        holdings.withLock { body(&$0) }
    }

    var calls: Int { holdings.withLock { $0.calls } }

    var channel: InProcessChannel {
        var router = Router()
        Schools(stub: self).register(with: &router)
        Partners(stub: self).register(with: &router)
        return InProcessChannel(to: RPCServer(router: router))
    }

    fileprivate func read<Value: Sendable>(_ body: (Holdings) -> Value?) throws -> Value {
        let (value, failure) = holdings.withLock { holdings in
            holdings.calls += 1
            return (body(holdings), holdings.failure)
        }
        if let failure { throw failure }
        guard let value else { throw RPCError(.notFound, "There is none.") }
        return value
    }

    /// A school in England that is open.
    static func school(_ urn: Int64, status: PartnershipV1.SchoolStatus = .open,
                       inEngland: Bool = true) -> PartnershipV1.School {
        PartnershipV1.School(urn: urn, name: "School \(urn)", status: status, inEngland: inEngland,
                             selectable: inEngland && status != .closed)
    }

    private struct Schools: SchoolsHandlers {
        let stub: PartnershipStub

        func getSchool(_ request: PartnershipV1.GetSchoolRequest,
                       context: ServerContext) async throws -> PartnershipV1.School {
            try stub.read { $0.schools[request.urn] }
        }

        func getSchoolGroup(_ request: PartnershipV1.GetSchoolGroupRequest,
                            context: ServerContext) async throws -> PartnershipV1.SchoolGroup {
            try stub.read { $0.groups[request.uid] }
        }

        func searchSchools(_ request: PartnershipV1.SearchSchoolsRequest,
                           context: ServerContext) async throws -> PartnershipV1.SearchSchoolsReply {
            try stub.read { holdings in
                .init(schools: holdings.schools.values.filter { school in
                    school.laestab == request.query || school.ukprn.map { "\($0)" } == request.query
                }.sorted { $0.urn < $1.urn })
            }
        }

        func listGroupSchools(_ request: PartnershipV1.ListGroupSchoolsRequest,
                              context: ServerContext) async throws -> PartnershipV1.ListGroupSchoolsReply {
            try stub.read { holdings in
                let urns = holdings.members[request.uid] ?? []
                let start = Int(request.pageToken) ?? 0
                let page = urns.dropFirst(start).prefix(Int(request.pageSize))
                let end = start + page.count
                return .init(schools: page.compactMap { holdings.schools[$0] },
                             nextPageToken: end < urns.count ? "\(end)" : "")
            }
        }

        func searchSchoolGroups(_ request: PartnershipV1.SearchSchoolGroupsRequest,
                                context: ServerContext) async throws -> PartnershipV1.SearchSchoolGroupsReply {
            throw RPCError(.unimplemented, "Not needed here.")
        }

        func batchGetSchools(_ request: PartnershipV1.BatchGetSchoolsRequest,
                             context: ServerContext) async throws -> PartnershipV1.BatchGetSchoolsReply {
            try stub.read { holdings in .init(schools: request.urns.compactMap { holdings.schools[$0] }) }
        }
    }

    private struct Partners: PartnersHandlers {
        let stub: PartnershipStub

        func getPartner(_ request: PartnershipV1.GetPartnerRequest,
                        context: ServerContext) async throws -> PartnershipV1.Partner {
            try stub.read { $0.partners.contains(request.id) ? .init(id: request.id) : nil }
        }

        func listPartners(_ request: PartnershipV1.ListPartnersRequest,
                          context: ServerContext) async throws -> PartnershipV1.ListPartnersReply { throw Self.unneeded }
        func registerPartner(_ request: PartnershipV1.RegisterPartnerRequest,
                             context: ServerContext) async throws -> PartnershipV1.Partner { throw Self.unneeded }
        func updatePartner(_ request: PartnershipV1.UpdatePartnerRequest,
                           context: ServerContext) async throws -> PartnershipV1.Partner { throw Self.unneeded }
        func listPartnerMembers(
            _ request: PartnershipV1.ListPartnerMembersRequest, context: ServerContext
        ) async throws -> PartnershipV1.ListPartnerMembersReply { throw Self.unneeded }
        func addPartnerMember(_ request: PartnershipV1.AddPartnerMemberRequest,
                              context: ServerContext) async throws -> PartnershipV1.PartnerMember { throw Self.unneeded }
        func updatePartnerMember(
            _ request: PartnershipV1.UpdatePartnerMemberRequest, context: ServerContext
        ) async throws -> PartnershipV1.PartnerMember { throw Self.unneeded }
        func listPartnerHistory(
            _ request: PartnershipV1.ListPartnerHistoryRequest, context: ServerContext
        ) async throws -> PartnershipV1.ListPartnerHistoryReply { throw Self.unneeded }
        func batchGetPartners(
            _ request: PartnershipV1.BatchGetPartnersRequest, context: ServerContext
        ) async throws -> PartnershipV1.BatchGetPartnersReply { throw Self.unneeded }
        func getPartnerCounts(_ request: PartnershipV1.GetPartnerCountsRequest,
                              context: ServerContext) async throws -> PartnershipV1.PartnerCounts { throw Self.unneeded }

        private static let unneeded = RPCError(.unimplemented, "Not needed here.")
    }
}
