import ServiceKit
import Storage
import Values

/// Opening, changing and looking at cohorts.
extension EnrolmentStore {
    func openCohort(
        _ id: CohortID, _ fundingCap: FundingCap, _ details: CohortDetails, _ mutation: Mutation,
        reply: @escaping @Sendable (Cohort) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            try CohortRules.checkNew(details, reason: mutation.reason)
            guard try CohortTable.find(id, writer) == nil else {
                throw EnrolmentRefusal.idInUse(message: "Cohort \(id.text) exists. Update it, or take the next letter.")
            }
            let cohort = Cohort(id: id, fundingCap: fundingCap, details: Self.sorted(details),
                                version: RecordVersion.first)
            try CohortTable.write(cohort, to: writer)
            let contents = cohort.details.contents + [("fundingCap", fundingCap.name)]
            try writer.recordHistory(entity: "cohort", id: id.text, version: cohort.version, change: "opened",
                                     detailJSON: ChangedFields.json(new: contents), mutation)
            return reply(cohort)
        }
    }

    func updateCohort(
        _ id: CohortID, _ details: CohortDetails, expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (Cohort) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            guard let held = try CohortTable.find(id, writer) else { throw RecordNotFound.cohort(id.text) }
            let used = try writer.rows("""
                SELECT DISTINCT schedule FROM applications WHERE cohort_id = \(id) AND schedule IS NOT NULL
                """).map { try $0.text(0) }
            try CohortRules.checkChange(of: held, to: details, expectedVersion: expectedVersion, reason: mutation.reason,
                                        used: Set(used))
            var cohort = held
            cohort.details = Self.sorted(details)
            if cohort == held { return reply(held) }
            cohort.version += 1
            try CohortTable.write(cohort, to: writer)
            try writer.recordHistory(
                entity: "cohort", id: id.text, version: cohort.version, change: "edited",
                detailJSON: ChangedFields.json(from: held.details.contents, to: cohort.details.contents), mutation)
            return reply(cohort)
        }
    }

    func cohort(_ id: CohortID) async throws -> Cohort? {
        try await store.read { reader in try CohortTable.find(id, reader) }
    }

    /// Newest first.
    func cohorts(pageSize: Int, token: String) async throws -> Page<Cohort> {
        let filters: [SQLValue] = [.text("cohorts")]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            let rest: SQL = after.map { "WHERE id < \($0[0])" } ?? ""
            let rows = try reader.rows("""
                SELECT \(raw: CohortTable.columns) FROM cohorts \(rest) ORDER BY id DESC LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try CohortTable.read(row, reader)
            } keys: { row in
                [try row.value("id")]
            }
        }
    }

    private static func sorted(_ details: CohortDetails) -> CohortDetails {
        var details = details
        details.schedules.sort { $0.identifier < $1.identifier }
        return details
    }
}
