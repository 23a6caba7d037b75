import Testing
import Values
@testable import DiagnosticsService

@Suite("The moves of a diagnostic")
struct MoveTests {
    enum Outcome: Hashable, Sendable {
        case becomes(DiagnosticStatus)
        case staysAsItIs
        case isRefused(DiagnosticsRefusal)
    }

    /// Every status with every move.
    static let table: [(DiagnosticStatus, DiagnosticMove, Outcome)] = [
        (.assigned, .start, .becomes(.started)),
        (.assigned, .answer, .becomes(.started)),
        (.assigned, .submit, .isRefused(.unanswered(missing: 4, items: 4))),
        (.assigned, .close, .becomes(.closed)),
        (.assigned, .reopen, .staysAsItIs),
        (.started, .start, .staysAsItIs),
        (.started, .answer, .staysAsItIs),
        (.started, .submit, .becomes(.submitted)),
        (.started, .close, .becomes(.closed)),
        (.started, .reopen, .staysAsItIs),
        (.submitted, .start, .isRefused(.isSubmitted)),
        (.submitted, .answer, .isRefused(.isSubmitted)),
        (.submitted, .submit, .isRefused(.isSubmitted)),
        (.submitted, .close, .staysAsItIs),
        (.submitted, .reopen, .staysAsItIs),
        (.closed, .start, .isRefused(.isClosed)),
        (.closed, .answer, .isRefused(.isClosed)),
        (.closed, .submit, .isRefused(.isClosed)),
        (.closed, .close, .staysAsItIs),
        (.closed, .reopen, .becomes(.assigned)),
    ]

    private static let later = Harness.start + .seconds(60)

    private static func diagnostic(_ status: DiagnosticStatus, started: Bool, answered: Int) -> Diagnostic {
        Diagnostic(
            id: UUIDv7(milliseconds: 1, sequence: 0, random: 1),
            participant: Participant(applicationID: "a", candidateID: "c", programme: "p", cohortID: "2017a"),
            instrument: InstrumentKey(id: "small", version: 1), items: 4, status: status, answered: answered,
            assignedAt: Harness.start, startedAt: started ? Harness.start : nil,
            submittedAt: status == .submitted ? Harness.start : nil, updatedAt: Harness.start, version: 3)
    }

    @Test("the table has every status with every move, once")
    func whole() {
        let pairs = Self.table.map { "\($0.0) \($0.1)" }
        #expect(Set(pairs).count == pairs.count)
        #expect(pairs.count == DiagnosticStatus.allCases.count * DiagnosticMove.allCases.count)
    }

    @Test("each move does what the table says, or is refused", arguments: table)
    func moves(status: DiagnosticStatus, move: DiagnosticMove, outcome: Outcome) throws {
        let isStarted = status == .started || status == .submitted
        let held = Self.diagnostic(status, started: isStarted, answered: isStarted ? 4 : 0)
        switch outcome {
        case .isRefused(let refusal):
            #expect(throws: refusal) { try held.after(move, at: Self.later) }
        case .staysAsItIs:
            #expect(try held.after(move, at: Self.later) == nil)
        case .becomes(let next):
            let moved = try #require(try held.after(move, at: Self.later))
            #expect(moved.status == next && moved.version == 4 && moved.updatedAt == Self.later)
            #expect(moved.assignedAt == held.assignedAt && moved.answered == held.answered)
            #expect(moved.startedAt == (next == .started ? Self.later : held.startedAt))
            #expect(moved.submittedAt == (next == .submitted ? Self.later : nil))
        }
    }

    @Test("what was started when it closed is started again, since when it was")
    func reopened() throws {
        let held = Self.diagnostic(.closed, started: true, answered: 2)
        let moved = try #require(try held.after(.reopen, at: Self.later))
        #expect(moved.status == .started && moved.startedAt == Harness.start && moved.answered == 2)
    }

    @Test("submitting says how many items are missing", arguments: 0...3)
    func incomplete(answered: Int) {
        let held = Self.diagnostic(.started, started: true, answered: answered)
        #expect(throws: DiagnosticsRefusal.unanswered(missing: 4 - answered, items: 4)) {
            try held.after(.submit, at: Self.later)
        }
    }

    @Test("a version is checked only if one is named")
    func versions() throws {
        let held = Self.diagnostic(.started, started: true, answered: 0)
        try held.checkVersion(expected: 0)
        try held.checkVersion(expected: 3)
        #expect(throws: DiagnosticsRefusal.versionIsOld(expected: 2, actual: 3)) { try held.checkVersion(expected: 2) }
    }
}
