import Contracts
import RPC
import ServiceKit

extension OverviewsService {
    private static let longestQuery = 200
    private static let mostFound: Int32 = 20
    private static let usuallyFound: Int32 = 5

    func search(
        _ request: GatewayV1.SearchRequest, context: ServerContext
    ) async throws -> GatewayV1.SearchReply {
        try Self.check(request)
        let parts = aggregation(context)
        let services = services
        let query = request.query
        let limit = request.limit == 0 ? Self.usuallyFound : request.limit
        let wanted = Set(request.kinds.isEmpty ? [.people, .schools, .partners, .events] : request.kinds)
        async let people = Self.ifWanted(wanted.contains(.people)) {
            await parts.part("people", of: .enrolment) {
                try await services.candidates.searchCandidates(.init(query: query, pageSize: limit))
            }
        }
        async let schools = Self.ifWanted(wanted.contains(.schools)) {
            await parts.part("schools", of: .partnership) {
                try await services.schools.searchSchools(.init(query: query, pageSize: limit))
            }
        }
        async let partners = Self.ifWanted(wanted.contains(.partners)) {
            await parts.part("partners", of: .partnership) {
                try await services.partners.listPartners(.init(query: query, pageSize: limit))
            }
        }
        async let events = Self.ifWanted(wanted.contains(.events)) {
            await parts.part("events", of: .trainingEvents) {
                try await services.events.listEvents(.init(query: query, order: .newest, pageSize: limit))
            }
        }
        let reply = await GatewayV1.SearchReply(
            people: people?.reply?.candidates ?? [], schools: schools?.reply?.schools ?? [],
            partners: partners?.reply?.partners ?? [], events: events?.reply?.events ?? [],
            parts: [people?.report, schools?.report, partners?.report, events?.report].compactMap(\.self))
        // What was looked for is the question: if nobody could look, there is no answer.
        let errors = await [people?.error, schools?.error, partners?.error, events?.error].compactMap(\.self)
        if let error = errors.first, errors.count == reply.parts.count { throw error }
        return reply
    }

    private static func check(_ request: GatewayV1.SearchRequest) throws(RPCError) {
        var violations = FieldViolations()
        let isThere = request.query.contains { !$0.isWhitespace }
        violations.require(
            isThere && request.query.count <= longestQuery, "query", "must be 1 to \(longestQuery) characters")
        violations.require(
            (0...mostFound).contains(request.limit), "limit", "must be 1 to \(mostFound), or 0 for \(usuallyFound)")
        for (index, kind) in request.kinds.prefix(FieldViolations.maximumListed).enumerated() {
            violations.require(
                kind != .unspecified && !kind.isUnrecognized, "kinds[\(index)]", "must be one that this release knows")
        }
        try violations.throwIfAny()
    }

    private static func ifWanted<Value>(_ isWanted: Bool, _ ask: () async -> Value) async -> Value? {
        isWanted ? await ask() : nil
    }
}
