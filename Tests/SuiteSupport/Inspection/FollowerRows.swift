/// Whether those who follow Enrolment's feed hold what it holds, by the rows of both.
struct FollowerRows {
    /// By the names of the services.
    let stores: [String: any StoreRows]

    func problems() async throws -> [String] {
        try await positions() + participants() + diagnostics()
    }

    private func store(_ service: String) throws -> any StoreRows {
        guard let store = stores[service] else { throw StoreUnreadable(description: "there is no store of \(service)") }
        return store
    }

    /// Everybody is at the last event of each feed that they follow.
    private func positions() async throws -> [String] {
        var ends: [String: String] = [:]
        for (service, store) in stores {
            let rows = try await store.rows(
                "SELECT feed_id, (SELECT COALESCE(MAX(position), 0) FROM store_events) FROM store_feed")[0]
            ends[service] = rows.first.map { "\($0[0])-\($0[1])" }
        }
        var problems: [String] = []
        for (service, store) in stores {
            for row in try await store.rows("SELECT source, position FROM store_followers")[0] {
                // What comes last is a mark of the event itself.
                let held = row[1].split(separator: "-").prefix(2).joined(separator: "-")
                let end = ends[row[0]]
                // A feed in which nothing ever was is followed from no position.
                if held != end, !(row[1].isEmpty && end?.hasSuffix("-0") == true) {
                    problems.append("\(service) is at \(row[1]) of \(row[0]), which ends at \(end ?? "nothing")")
                }
            }
        }
        return problems
    }

    /// Applications that were ever accepted: what a participant is made of, and the state that training has.
    private func accepted() async throws -> [String: [String]] {
        let rows = try await store("enrolment").rows(
            """
            SELECT id, candidate_id, programme, cohort_id, school_urn,
            CASE WHEN approval_status = 2 THEN training_status ELSE 3 END FROM applications
            WHERE id IN (SELECT entity_id FROM store_history WHERE entity = 'application' AND change = 'accepted')
            """)[0]
        return Dictionary(rows.map { ($0[0], $0) }) { first, _ in first }
    }

    /// TrainingEvents' participants are the applications that were accepted, each as far as it is.
    private func participants() async throws -> [String] {
        var expected = try await accepted()
        let held = try await store("training-events").rows(
            "SELECT application_id, candidate_id, programme, cohort_id, school_urn, state FROM participants")[0]
        var problems: [String] = []
        for row in held {
            let source = expected.removeValue(forKey: row[0])
            if source != row { problems.append("participant \(row), application \(source ?? [])") }
        }
        return problems + expected.keys.sorted().map { "application \($0) was accepted, and makes no participant" }
    }

    /// Everybody who was ever accepted has one questionnaire; it is closed while they are out, unless it was submitted.
    private func diagnostics() async throws -> [String] {
        let (submitted, closed, withdrawn) = ("3", "4", "3")
        var expected = try await accepted()
        let held = try await store("diagnostics").rows("SELECT application_id, status FROM diagnostics")[0]
        var problems: [String] = []
        for row in held {
            guard let source = expected.removeValue(forKey: row[0]) else {
                problems.append("\(row[0]) is asked twice, or was never accepted")
                continue
            }
            let isOut = source[5] == withdrawn
            if row[1] != submitted, (row[1] == closed) != isOut {
                problems.append("application \(source) has a questionnaire of status \(row[1])")
            }
        }
        return problems + expected.keys.sorted().map { "application \($0) was accepted, and is not asked" }
    }
}
