import ServiceKit
import Storage
import Values

/// Registering and editing candidates.
extension EnrolmentStore {
    func registerCandidate(
        _ details: CandidateDetails, _ mutation: Mutation, reply: @escaping @Sendable (Candidate) -> [UInt8]
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await store.mutate(mutation) { writer in
            try CandidateRules.check(details, reason: mutation.reason)
            return reply(try insertCandidate(id, details, mutation, writer))
        }
    }

    /// Writes a new candidate with its history and its event.
    func insertCandidate(_ id: UUIDv7, _ details: CandidateDetails, _ mutation: Mutation,
                         _ writer: any Writer) throws(StoreError) -> Candidate {
        let candidate = Candidate(id: id, details: details, createdAt: mutation.at, updatedAt: mutation.at,
                                  version: RecordVersion.first)
        try CandidateTable.write(candidate, renamed: true, to: writer)
        let json = ChangedFields.json(new: details.contents, hidden: CandidateDetails.personalFields)
        try tell(candidate, "registered", json, mutation, writer)
        return candidate
    }

    func updateCandidate(
        _ id: UUIDv7, _ details: CandidateDetails, expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (Candidate) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            guard let held = try CandidateTable.find(id, writer) else { throw RecordNotFound.candidate(id) }
            try CandidateRules.check(details, reason: mutation.reason)
            try EnrolmentRefusal.checkVersion("candidate", held.version, expected: expectedVersion)
            if held.details == details { return reply(held) }
            var candidate = held
            candidate.details = details
            candidate.updatedAt = mutation.at
            candidate.version += 1
            try CandidateTable.write(candidate, renamed: details.fullName != held.details.fullName, to: writer)
            let json = ChangedFields.json(from: held.details.contents, to: details.contents,
                                          hidden: CandidateDetails.personalFields)
            try tell(candidate, "edited", json, mutation, writer)
            return reply(candidate)
        }
    }

    private func tell(_ candidate: Candidate, _ change: String, _ detail: String, _ mutation: Mutation,
                      _ writer: any Writer) throws(StoreError) {
        try writer.recordHistory(entity: "candidate", id: candidate.id.text, version: candidate.version, change: change,
                                 detailJSON: detail, mutation)
        try append("candidate.\(change)", subject: candidate.id, version: candidate.version,
                   payloads.candidate(candidate), mutation, to: writer)
    }
}
