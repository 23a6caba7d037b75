import Contracts

/// Plays a plan, act by act: what an act needs of the others' records, they have left in the cast.
struct SeasonPlay: Sendable {
    let plan: SeasonPlan
    let crew: PlayCrew
    let cast = SeasonCast()
    /// Waits until every service has applied what it follows.
    let settled: @Sendable () async throws -> Void

    func run() async throws {
        try await openCohorts()
        try await registerPeople()
        try await apply(secondRound: false)
        try await decide(secondRound: false)
        try await apply(secondRound: true)
        try await decide(secondRound: true)
        try await train("declaring, deferring, resuming", \.early)
        try await settled()
        try await schedule("scheduling events") { !$0.isSoon && $0.replaces == nil }
        try await book("booking places") { !$0.isSoon && $0.replaces == nil }
        try await cancelBookings()
        try await move()
        try await enlargeEvents()
        try await cancelEvents()
        try await schedule("scheduling new dates") { $0.replaces != nil }
        try await book("booking new dates") { $0.replaces != nil }
        try await train("withdrawing, deferring", \.late)
        try await changeEmployers()
        try await settled()
        try await answerOffers()
        try await schedule("scheduling today's events") { $0.isSoon }
        try await book("booking today's events") { $0.isSoon }
        try await takeRegisters()
        try await settled()
        try await fillInQuestionnaires()
    }

    /// Of a record that an earlier act has made.
    static func known<R>(_ record: R?, _ what: String) throws(Failure) -> R {
        guard let record else { throw Failure(.failure, "the season lost \(what); this is a mistake of olp") }
        return record
    }
}

enum SeasonActs {
    /// Width of the names of acts, so that the bars stand under each other.
    private static let width = 32

    static func padded(_ act: String) -> String {
        act + String(repeating: " ", count: max(0, width - act.count))
    }
}
