import Contracts
import RPC
import ServiceKit
import Values

extension CandidatesService {
    /// Longest text that is searched for, in characters.
    private static var longestQuery: Int { 200 }

    func searchCandidates(
        _ request: EnrolmentV1.SearchCandidatesRequest, context: ServerContext
    ) async throws -> EnrolmentV1.SearchCandidatesReply {
        var violations = FieldViolations()
        violations.require((1...Self.longestQuery).contains(request.query.unicodeScalars.count), "query",
                           "must be 1 to \(Self.longestQuery) characters")
        var filter = CandidateFilter(person: Self.person(request.query))
        violations.employers(request.schoolUrn, request.groupUid, into: &filter)
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.candidates(filter, pageSize: pageSize, token: request.pageToken)
        return .init(candidates: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }

    private static func person(_ query: String) -> CandidateFilter.Person {
        if query.utf8.count == 7, let trn = TRN(query) { return .trn(trn) }
        return query.contains("@") ? .email(query) : .name(query)
    }
}
