import Contracts
import RPC

extension ApplicationsService {
    func recordDeclaration(
        _ request: EnrolmentV1.RecordDeclarationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        guard let type = DeclarationType(rawValue: Int(request.declaration.rawValue)) else {
            throw EnrolmentErrors.status(
                .invalid([FieldFault(field: "declaration", message: "must be a declaration that this release knows")]),
                request.id)
        }
        return try await change(
            request.id, "declared", reason: request.reason, expectedVersion: request.expectedVersion, context
        ) { rules throws(EnrolmentRefusal) in
            try rules.declare(type)
        }
    }
}
