import Contracts
import RPC
import ServiceKit
import Values
import Wire

/// `olp.enrolment.v1.Applications`: applications through decision and training.
struct ApplicationsService: ApplicationsHandlers {
    let store: EnrolmentStore
    let register: any EmployerRegister
    let wallClock: any WallClock

    /// Makes one move of an application and answers with what it then is.
    func change(
        _ id: String, _ name: String, reason: String, expectedVersion: Int64, _ context: ServerContext,
        _ move: @escaping @Sendable (ApplicationRules) throws(EnrolmentRefusal) -> Application
    ) async throws -> EnrolmentV1.Application {
        let key = try UUIDv7(id, of: "application")
        var violations = FieldViolations()
        violations.expectedVersion(expectedVersion)
        try violations.throwIfAny()
        let mutation = context.mutation(reason: reason, at: wallClock.now())
        let reply = try await EnrolmentErrors.translate(id) {
            try await store.change(key, name, expectedVersion: expectedVersion, mutation, move) {
                EnrolmentV1.Application($0).encoded()
            }
        }
        return try EnrolmentV1.Application(decoding: reply)
    }
}
