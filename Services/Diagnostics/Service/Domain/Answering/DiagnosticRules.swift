import Values

/// What happens to a diagnostic.
enum DiagnosticMove: CaseIterable, Hashable, Sendable {
    case start
    case answer
    case submit
    /// The participant has left.
    case close
    /// The participant is back.
    case reopen
}

/// Assigned, started, submitted; closed while the participant is gone, and then what it was before.
extension Diagnostic {
    /// The status after a move; the present one if the move changes nothing.
    func status(after move: DiagnosticMove) throws(DiagnosticsRefusal) -> DiagnosticStatus {
        switch (status, move) {
        case (.assigned, .start), (.assigned, .answer), (.started, .start), (.started, .answer):
            return .started
        case (.assigned, .submit), (.started, .submit):
            guard answered == items else { throw .unanswered(missing: items - answered, items: items) }
            return .submitted
        case (.assigned, .close), (.started, .close):
            return .closed
        case (.closed, .reopen):
            return startedAt == nil ? .assigned : .started
        case (.assigned, .reopen), (.started, .reopen), (.submitted, .close), (.submitted, .reopen), (.closed, .close):
            return status
        case (.submitted, .start), (.submitted, .answer), (.submitted, .submit):
            throw .isSubmitted
        case (.closed, .start), (.closed, .answer), (.closed, .submit):
            throw .isClosed
        }
    }

    /// The diagnostic after a move; nil if the move changes nothing.
    func after(_ move: DiagnosticMove, at now: Instant) throws(DiagnosticsRefusal) -> Diagnostic? {
        let next = try status(after: move)
        guard next != status else { return nil }
        var moved = self
        moved.status = next
        switch next {
        case .started where startedAt == nil: moved.startedAt = now
        case .submitted: moved.submittedAt = now
        case .assigned, .started, .closed: break
        }
        moved.updatedAt = now
        moved.version += 1
        return moved
    }

    /// - Parameter expected: 0: whatever it has.
    func checkVersion(expected: Int64) throws(DiagnosticsRefusal) {
        guard expected == 0 || expected == version else { throw .versionIsOld(expected: expected, actual: version) }
    }
}
