import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension PartnersService {
    func addPartnerMember(
        _ request: PartnershipV1.AddPartnerMemberRequest, context: ServerContext
    ) async throws -> PartnershipV1.PartnerMember {
        let partner = try UUIDv7(request.partnerId, of: "partner")
        var violations = FieldViolations()
        let urn = violations.urn(request.schoolUrn, "schoolUrn")
        let from = violations.date(request.from, "from") ?? wallClock.today()
        let to = violations.date(request.to, "to")
        try violations.throwIfAny()
        guard let urn else { throw RPCError(.invalidArgument, "schoolUrn must be a URN.") }
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await PartnerErrors.translate(partner.text) {
            try await store.addMember(to: partner, school: urn, from: from, to: to, mutation) {
                PartnershipV1.PartnerMember($0).encoded()
            }
        }
        return try PartnershipV1.PartnerMember(decoding: reply)
    }
}
