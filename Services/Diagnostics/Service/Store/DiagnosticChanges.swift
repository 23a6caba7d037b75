import ServiceKit
import Storage
import Values

/// Starting, answering and submitting: look up what is held, judge, write, tell.
extension DiagnosticsStore {
    func start(
        _ id: UUIDv7, _ mutation: Mutation, reply: @escaping @Sendable (Sheet) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            let held = try Self.held(id, writer)
            let started = try held.after(.start, at: mutation.at)
            if let started { try save(started, "started", mutation, writer) }
            let diagnostic = started ?? held
            return reply(Sheet(diagnostic, try instrument(of: diagnostic), try AnswerTable.all(of: id, writer)))
        }
    }

    /// Keeps all answers or none. Starting is a change of its own, with its own version.
    func answer(
        _ id: UUIDv7, _ given: [GivenAnswer], expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (Diagnostic) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            let held = try Self.held(id, writer)
            let choices = try AnswerRules.choices(given, try instrument(of: held))
            let started = try held.after(.answer, at: mutation.at)
            try held.checkVersion(expected: expectedVersion)
            if let started { try save(started, "started", mutation, writer) }
            var diagnostic = started ?? held
            let change = AnswerRules.change(choices, held: try AnswerTable.all(of: id, writer), at: mutation.at)
            guard !change.answers.isEmpty else { return reply(diagnostic) }
            try AnswerTable.write(change.answers, of: id, writer)
            diagnostic.answered += change.new
            diagnostic.updatedAt = mutation.at
            diagnostic.version += 1
            try save(diagnostic, "answered", detail: Self.detail(change, diagnostic), mutation, writer)
            return reply(diagnostic)
        }
    }

    func submit(
        _ id: UUIDv7, expectedVersion: Int64, _ mutation: Mutation, reply: @escaping @Sendable (Profile) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            let held = try Self.held(id, writer)
            let submitted = try held.after(.submit, at: mutation.at) ?? held
            try held.checkVersion(expected: expectedVersion)
            try save(submitted, "submitted", mutation, writer)
            return reply(try profile(submitted, try AnswerTable.all(of: id, writer)))
        }
    }

    func save(
        _ diagnostic: Diagnostic, _ change: String, detail: String = "{}", _ mutation: Mutation, _ writer: any Writer
    ) throws(StoreError) {
        try DiagnosticTable.update(diagnostic, writer)
        try record(diagnostic, change, detail: detail, mutation, writer)
    }

    private static func held(_ id: UUIDv7, _ reader: any Reader) throws -> Diagnostic {
        guard let held = try DiagnosticTable.find(id, reader) else { throw DiagnosticNotFound(id: id) }
        return held
    }

    /// How many items were answered, never how.
    private static func detail(_ change: AnswerRules.Change, _ diagnostic: Diagnostic) -> String {
        ChangedFields.json(
            from: [("answered", "\(diagnostic.answered - change.new)"), ("answeredAnew", "0")],
            to: [("answered", "\(diagnostic.answered)"), ("answeredAnew", "\(change.answers.count - change.new)")])
    }
}
