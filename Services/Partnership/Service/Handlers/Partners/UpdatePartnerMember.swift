import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension PartnersService {
    func updatePartnerMember(
        _ request: PartnershipV1.UpdatePartnerMemberRequest, context: ServerContext
    ) async throws -> PartnershipV1.PartnerMember {
        let partner = try UUIDv7(request.partnerId, of: "partner")
        let id = try UUIDv7(request.id, of: "partner member")
        var violations = FieldViolations()
        violations.require(request.from != nil, "from", "must be given")
        let from = violations.date(request.from, "from")
        let to = violations.date(request.to, "to")
        violations.require(request.expectedVersion >= 0, "expectedVersion", "must not be negative")
        try violations.throwIfAny()
        guard let from else { throw RPCError(.invalidArgument, "from must be given.") }
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await PartnerErrors.translate(id.text) {
            try await store.updateMember(id, of: partner, from: from, to: to,
                                         expectedVersion: request.expectedVersion, mutation) {
                PartnershipV1.PartnerMember($0).encoded()
            }
        }
        return try PartnershipV1.PartnerMember(decoding: reply)
    }
}
