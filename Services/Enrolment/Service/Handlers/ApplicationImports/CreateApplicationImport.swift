import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension ApplicationImportsService {
    func createApplicationImport(
        _ request: EnrolmentV1.CreateApplicationImportRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ApplicationImport {
        var violations = FieldViolations()
        let cohort = request.cohortId.isEmpty ? nil : violations.cohort(request.cohortId, "cohortId")
        try violations.throwIfAny()
        let mutation = context.mutation(at: wallClock.now())
        let reply = try await ImportErrors.translate("") {
            try await store.createImport(cohort: cohort, isDryRun: request.dryRun, mutation) {
                EnrolmentV1.ApplicationImport($0).encoded()
            }
        }
        return try EnrolmentV1.ApplicationImport(decoding: reply)
    }
}
