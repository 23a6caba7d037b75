/// Every version of a record has its entry: from 1 to the record's own, none missing, none twice.
package struct HistoriesComplete: Invariant {
    package let kind: RecordHistory.Kind

    package init(kind: RecordHistory.Kind) {
        self.kind = kind
    }

    package var name: String { "\(kind.rawValue)-histories-complete" }
    package var claim: String { "the history of \(kind == .application || kind == .event ? "an" : "a") \(kind.rawValue) is complete" }
    package var subjects: String { "\(kind.rawValue)s" }

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var judgement = Judgement()
        for history in suite.histories where history.kind == kind {
            judgement.look(at: history.id, Self.fault(history))
            judgement.outOf = history.outOf
        }
        return judgement
    }

    private static func fault(_ history: RecordHistory) -> String? {
        guard let newest = history.versions.first, let oldest = history.versions.last else { return "has no history" }
        if newest != history.version { return "has version \(history.version), and its history ends with \(newest)" }
        if oldest != 1 { return "begins with version \(oldest)" }
        for (newer, older) in zip(history.versions, history.versions.dropFirst()) where newer != older + 1 {
            return "goes from version \(older) to \(newer)"
        }
        return nil
    }
}
