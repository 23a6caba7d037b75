import Contracts
import Values

/// A place is not left free while somebody waits who may be asked. Within the notice period nobody is asked, but for
/// those who wish to be booked without; and whoever declined the place that is free waits for the next.
package struct NobodyWaitsInVain: Invariant {
    package let name = "nobody-waits-in-vain"
    package let claim = "no place is free while somebody waits who may be asked"
    package let subjects = "events to come"

    package init() {}

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        let now = suite.takenAt.microseconds
        let active = Set(suite.participants.filter { $0.state == .active }.map(\.applicationId))
        let lists = Dictionary(grouping: suite.waiting.filter { $0.status == .waiting }, by: \.eventId)
        var judgement = Judgement()
        for event in suite.events where event.status == .scheduled {
            guard let starts = event.startsAt, starts > now else { continue }
            let isOffering = starts - Int64(suite.noticePeriod / .microseconds(1)) > now
            let free = event.places?.free ?? 0
            let passed = Self.passed(suite.promotions[event.id] ?? [])
            let asked = (lists[event.id] ?? []).filter { entry in
                active.contains(entry.applicationId) && (isOffering || entry.bookWithoutAsking)
                    && !passed.contains(entry.id)
            }
            let isFault = free > 0 && !asked.isEmpty
            judgement.look(
                at: event.id, isFault ? "\(free) places are free, and \(asked.count) wait who may be asked" : nil)
        }
        return judgement
    }

    /// Entries that declined a place and were not offered another since.
    /// - Parameter decisions: Newest first.
    private static func passed(_ decisions: [TrainingEventsV1.PromotionDecision]) -> Set<String> {
        var last: [String: String] = [:]
        for decision in decisions where decision.outcome != "skipped" && last[decision.entryId] == nil {
            last[decision.entryId] = decision.outcome
        }
        return Set(last.filter { $0.value == "declined" }.keys)
    }
}

extension TrainingEventsV1.Event {
    /// Microseconds since 1970.
    var startsAt: Int64? { parts.first?.startsAt?.microsecondsSince1970 }
}
