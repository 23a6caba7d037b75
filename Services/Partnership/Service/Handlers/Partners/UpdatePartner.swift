import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension PartnersService {
    func updatePartner(
        _ request: PartnershipV1.UpdatePartnerRequest, context: ServerContext
    ) async throws -> PartnershipV1.Partner {
        let id = try UUIDv7(request.id, of: "partner")
        var violations = FieldViolations()
        let status = violations.partnerStatus(request.status, "status")
        var edit = PartnerEdit(
            name: request.name, status: status, groupUID: violations.groupUID(request.groupUid, "groupUid"),
            leadSchool: request.leadSchoolUrn.flatMap { violations.urn($0, "leadSchoolUrn") },
            contactName: request.contactName, contactEmail: request.contactEmail, notes: request.notes)
        edit.agreementFrom = violations.date(request.agreementFrom, "agreementFrom")
        edit.agreementTo = violations.date(request.agreementTo, "agreementTo")
        violations.require(request.expectedVersion >= 0, "expectedVersion", "must not be negative")
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await PartnerErrors.translate(id.text) {
            try await store.updatePartner(id, edit, expectedVersion: request.expectedVersion, mutation) {
                PartnershipV1.Partner($0).encoded()
            }
        }
        return try PartnershipV1.Partner(decoding: reply)
    }
}
