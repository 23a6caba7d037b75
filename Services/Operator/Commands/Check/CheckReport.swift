/// What `olp check` prints.
package struct CheckReport: Sendable {
    /// Most offenders of one invariant that are named.
    package static let namedOffenders = 10

    private let outcome: CheckRun.Outcome

    package init(_ outcome: CheckRun.Outcome) {
        self.outcome = outcome
    }

    /// A line for each invariant, with what is wrong below it.
    package var lines: [String] {
        let rows = Table.rows(
            outcome.findings.map { invariant, judgement in
                ["\(mark(judgement)) \(invariant.claim)", Self.count(invariant, judgement)]
            })
        return zip(rows, outcome.findings).flatMap { row, finding in
            [row] + Self.named(finding.judgement.offenders.map { "    \($0.id)  \($0.fault)" })
        }
    }

    /// The last line: what all of it comes to.
    package var verdict: String {
        let all = outcome.findings.count
        guard outcome.broken > 0 else { return "All \(all) invariants hold." }
        let what = "\(outcome.broken) of \(all) invariants \(outcome.broken == 1 ? "does" : "do") not hold"
        return outcome.isAtRest ? "\(what)." : "\(what) at this moment, but the suite was being written to."
    }

    package var failure: Failure? {
        guard outcome.broken > 0 else { return nil }
        guard outcome.isAtRest else {
            return Failure(
                .undecided, "the suite was being written to while it was read, so what does not hold may yet hold",
                advice: "Check again when it rests.")
        }
        return Failure(.failure, String(verdict.dropLast()))
    }

    package var json: String {
        JSONText.encode(
            Document(
                holds: outcome.broken == 0, atRest: outcome.isAtRest,
                invariants: outcome.findings.map { invariant, judgement in
                    Document.Line(
                        name: invariant.name, holds: judgement.holds, checked: judgement.checked,
                        outOf: judgement.outOf ?? judgement.checked, broken: judgement.offenders.count,
                        offenders: judgement.offenders.prefix(Self.namedOffenders).map {
                            Document.Offender(id: $0.id, fault: $0.fault)
                        })
                }))
    }

    private struct Document: Encodable {
        struct Offender: Encodable {
            let id: String
            let fault: String
        }
        struct Line: Encodable {
            let name: String
            let holds: Bool
            let checked: Int
            let outOf: Int
            let broken: Int
            let offenders: [Offender]
        }
        let holds: Bool
        let atRest: Bool
        let invariants: [Line]
    }

    private func mark(_ judgement: Judgement) -> String {
        judgement.holds ? "✓" : outcome.isAtRest ? "✗" : "?"
    }

    private static func count(_ invariant: any Invariant, _ judgement: Judgement) -> String {
        func number(_ count: Int) -> String { Figures.grouped(count) }
        let broken = judgement.holds ? "" : "\(number(judgement.offenders.count)) of "
        let sampled = judgement.outOf.flatMap { $0 > judgement.checked ? " (of \(number($0)))" : nil } ?? ""
        return "\(broken)\(number(judgement.checked)) \(invariant.subjects)\(sampled)"
    }

    private static func named(_ offenders: [String]) -> [String] {
        let rest = offenders.count - namedOffenders
        return offenders.prefix(namedOffenders) + (rest > 0 ? ["    … and \(rest) more"] : [])
    }
}
