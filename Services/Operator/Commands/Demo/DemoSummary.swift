import Contracts
import HTTPClient

/// What there is to see after a season.
struct Sights: Sendable {
    var candidates = 0
    var applications = 0
    var events = 0
    var cohort = ""
    /// Somebody with a place, and the fullest event with those who wait; nil if the season had none.
    var candidate: String?
    var event: TrainingEventsV1.Event?
    var partner: String?

    static func find(_ play: SeasonPlay, _ line: PlayLine) async throws -> Sights {
        let plan = play.plan
        var sights = Sights(
            candidates: plan.people.count, applications: plan.applications.count, events: plan.events.count,
            cohort: plan.cohorts.first?.id ?? "")
        var token = ""
        repeat {
            let page: TrainingEventsV1.ListEventsReply = try await line.get(
                "/v1/events?cohortId=\(HTTPRequest.encoded(sights.cohort))&pageSize=100&pageToken=\(HTTPRequest.encoded(token))")
            for event in page.events where fullness(event) > sights.event.map(fullness) ?? (0, 0) { sights.event = event }
            token = page.nextPageToken
        } while !token.isEmpty
        sights.partner = plan.applications.lazy.compactMap(\.partner).first
        let submitted = plan.applications.first { $0.questionnaire == .submitted && $0.isActiveLate && $0.partner != nil }
        sights.candidate = submitted.flatMap { play.cast.person($0.person)?.id }
        return sights
    }

    /// Events that people wait for come before others.
    private static func fullness(_ event: TrainingEventsV1.Event) -> (Int32, Int32) {
        guard event.status == .scheduled, let places = event.places else { return (0, 0) }
        return (places.waiting + places.offered, places.booked)
    }
}

/// What `olp demo` prints at the end.
struct DemoSummary: Sendable {
    let state: SuiteState
    let seed: UInt64
    let sights: Sights
    let report: CheckReport

    func lines(_ surroundings: Surroundings) -> [String] {
        let what = [
            "\(Figures.grouped(sights.candidates)) candidates", "\(Figures.grouped(sights.applications)) applications",
            "\(Figures.grouped(sights.events)) events",
        ]
        return report.lines + [report.verdict, "", "Season \(seed) is played: \(what.joined(separator: ", ")).", ""]
            + look(surroundings)
    }

    private func look(_ surroundings: Surroundings) -> [String] {
        let curl = "curl -s -H \"Authorization: Bearer $(cat \(surroundings.shown(state.tokenFile)))\""
        var rows = [("The cohort", "/v1/cohorts/\(sights.cohort)/overview")]
        if let event = sights.event {
            let places = event.places ?? .init()
            rows.append(
                (
                    "The fullest event: \(places.booked) of \(places.capacity) places, \(places.waiting + places.offered) wait",
                    "/v1/events/\(event.id)/overview"
                ))
        }
        if let candidate = sights.candidate { rows.append(("A candidate", "/v1/candidates/\(candidate)/overview")) }
        if let partner = sights.partner { rows.append(("A partner", "/v1/partners/\(partner)/overview")) }
        return ["Look at:"] + rows.flatMap { ["  \($0.0)", "    \(curl) '\(state.url)\($0.1)'"] }
    }

    var json: String {
        struct Document: Encodable {
            let seed: UInt64
            let candidates: Int
            let applications: Int
            let events: Int
            let cohort: String
            let event: String?
            let candidate: String?
            let partner: String?
            let holds: Bool
        }
        return JSONText.encode(
            Document(
                seed: seed, candidates: sights.candidates, applications: sights.applications, events: sights.events,
                cohort: sights.cohort, event: sights.event?.id, candidate: sights.candidate, partner: sights.partner,
                holds: report.failure == nil))
    }
}
