import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationsService {
    /// Values that one filter can have.
    private static var mostFilters: Int { 200 }

    func listApplications(
        _ request: EnrolmentV1.ListApplicationsRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListApplicationsReply {
        var violations = FieldViolations()
        /// Reads the values of a filter, each of which must be readable.
        func values<Given, Read>(
            _ given: [Given], _ field: String, _ read: (Given, String) -> Read?
        ) -> [Read] {
            violations.require(given.count <= Self.mostFilters, field, "must be at most \(Self.mostFilters)")
            return given.prefix(Self.mostFilters).enumerated().compactMap { index, value in
                read(value, "\(field)[\(index)]")
            }
        }
        var filter = ApplicationFilter()
        filter.candidates = values(request.candidateId, "candidateId") { violations.identifier($0, $1) }
        filter.programmes = values(request.programme, "programme") { identifier, field in
            violations.require(ProgrammeCatalogue.exists(identifier), field, "must be a programme of the catalogue")
            return identifier
        }
        filter.cohorts = values(request.cohortId, "cohortId") { violations.cohort($0, $1) }
        filter.approvals = values(request.approvalStatus, "approvalStatus") { status, field in
            let known = ApprovalStatus(rawValue: Int(status.rawValue))
            violations.require(known != nil, field, "must be a status")
            return known
        }
        filter.trainings = values(request.trainingStatus, "trainingStatus") { status, field in
            let known = TrainingStatus(rawValue: Int(status.rawValue))
            violations.require(known != nil, field, "must be a status")
            return known
        }
        filter.partners = values(request.partnerId, "partnerId") { violations.identifier($0, $1) }
        filter.schools = values(request.schoolUrn, "schoolUrn") { violations.urn($0, $1) }
        violations.require(!request.order.isUnrecognized, "order", "must be an order that this release knows")
        filter.order = ApplicationFilter.Order(rawValue: Int(request.order.rawValue)) ?? .newest
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.applications(filter, pageSize: pageSize, token: request.pageToken)
        return .init(applications: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
