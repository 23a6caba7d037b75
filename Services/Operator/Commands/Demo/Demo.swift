import Contracts

/// A season from the example's schools to the check of everything.
struct Demo: Sendable {
    /// How long services may take to apply what they follow, between two acts.
    static let settledWithin = Duration.seconds(60)

    let state: SuiteState
    let seed: UInt64
    let candidates: Int
    /// Folder with the example, should it be needed.
    let sample: @Sendable () throws -> String
    let console: Console

    /// Whether the suite holds a person already.
    static func hasCandidates(_ gateway: GatewayAccess) async throws -> Bool {
        let page: EnrolmentV1.ListCandidatesReply = try await gateway.call("GET", "/v1/candidates?pageSize=1")
        return !page.candidates.isEmpty
    }

    /// There are partners, and nobody yet who applied. False also if that cannot be seen: it is an offer only.
    static func isWorthOffering(_ gateway: GatewayAccess) async -> Bool {
        guard let partners: PartnershipV1.ListPartnersReply = try? await gateway.call("GET", "/v1/partners?pageSize=1"),
            !partners.partners.isEmpty, let isTaken = try? await hasCandidates(gateway)
        else { return false }
        return !isTaken
    }

    /// Short enough to be typed again.
    static func anySeed() -> UInt64 { UInt64.random(in: 1...9999) }

    func play(intoExisting: Bool) async throws -> DemoSummary {
        let gateway = try GatewayAccess(state)
        if !intoExisting, try await Self.hasCandidates(gateway) {
            throw Failure(
                .failure, "the suite holds candidates already, and a demonstration does not mix with them",
                advice: "Start an empty one: olp up --data NEW-FOLDER --port N. To play all the same: --into-existing")
        }
        try await loadSample(gateway)
        let crew = PlayCrew(gateway: gateway, seed: seed, progress: ProgressLine(console))
        let plan = try SeasonPlanner(
            seed: seed, candidates: candidates, ground: try await GroundReader(crew: crew).read()
        ).plan()
        console.say("Playing season \(seed) with \(Figures.grouped(plan.people.count)) candidates …")
        return try await SuiteChannels.with(state) { channels in
            let watch = FollowerWatch(channels)
            let play = SeasonPlay(plan: plan, crew: crew) {
                let positions = try await watch.settled(within: Self.settledWithin)
                if let late = positions.first(where: { !$0.isAtEnd }) {
                    throw Failure(
                        .failure, "\(late.words) is behind after \(Self.settledWithin)",
                        advice: "Its log says why: \(state.service(late.follower)?.log ?? "see olp status")")
                }
            }
            try await play.run()
            console.say("Checking …")
            let outcome = try await CheckRun(channels).run()
            return DemoSummary(
                state: state, seed: seed, sights: try await crew.ask { line in try await Sights.find(play, line) },
                report: CheckReport(outcome))
        }
    }

    private func loadSample(_ gateway: GatewayAccess) async throws {
        let schools: PartnershipV1.SearchSchoolsReply = try await gateway.call("GET", "/v1/schools?pageSize=1")
        guard schools.schools.isEmpty else { return }
        try await SampleLoader(folder: try sample(), gateway: gateway, console: console).loadIfEmpty()
    }
}
