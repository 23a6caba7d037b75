import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension PartnersService {
    func registerPartner(
        _ request: PartnershipV1.RegisterPartnerRequest, context: ServerContext
    ) async throws -> PartnershipV1.Partner {
        var violations = FieldViolations()
        let kind = violations.partnerKind(request.kind, "kind")
        violations.require(kind != nil || request.kind.isUnrecognized, "kind", "must be given")
        let status = violations.partnerStatus(request.status, "status")
        let details = PartnerDetails(
            name: request.name, status: status ?? .active, groupUID: violations.groupUID(request.groupUid, "groupUid"),
            leadSchool: request.leadSchoolUrn.flatMap { violations.urn($0, "leadSchoolUrn") },
            contactName: request.contactName, contactEmail: request.contactEmail,
            agreementFrom: violations.date(request.agreementFrom, "agreementFrom"),
            agreementTo: violations.date(request.agreementTo, "agreementTo"), notes: request.notes)
        try violations.throwIfAny()
        guard let kind else { throw RPCError(.invalidArgument, "kind must be given.") }
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await PartnerErrors.translate("") {
            try await store.registerPartner(kind, details, mutation) { PartnershipV1.Partner($0).encoded() }
        }
        return try PartnershipV1.Partner(decoding: reply)
    }
}
