import ChildProcess
import SuiteSupport
import TestSupport
import Testing
import Values

/// Each process of the suite is killed in turn, at random moments, while clients write through the gateway; now and then
/// all of them at once, the supervisor too, as when a machine loses its power. OLP_TEST_SEED repeats a run's plan,
/// OLP_TEST_KILLS says how many kills there are: 100 unless given.
@Suite("A hundred kills")
struct HundredKillsTests {
    static let kills = ProcessEnvironment.number("OLP_TEST_KILLS") ?? 100
    /// What the keys of all clients begin with.
    static let keyPrefix = "client-"

    @Test("nothing acknowledged is lost, nothing is applied twice, and everybody agrees afterwards")
    func kills() async throws {
        var random = Seed.generator(for: "A hundred kills")
        let plan = KillPlan(kills: Self.kills, using: &random)
        let folder = try TemporaryDirectory()
        let lives = SuiteLives(try await RunningSuite.start(in: folder)) { try await RunningSuite.start(in: folder) }
        let journal = Journal()
        do {
            let office = try await Office.open(lives.suite)
            try await work(plan, lives, office, journal, &random)
            try await agreed(lives.suite, office, journal)
            #expect(try await lives.suite.stop() == .exited(0))
        } catch {
            print("--- log of olp up\n\(lives.suite.log("up"))")
            await lives.suite.kill()
            throw error
        }
        try await kept(folder, journal)
        expectVariety(journal)
    }

    private func work(
        _ plan: KillPlan, _ lives: SuiteLives, _ office: Office, _ journal: Journal, _ random: inout SeededGenerator
    ) async throws {
        let workload = Workload(
            .init(partners: 1, candidates: 2, places: 2, diagnostics: 1), keyPrefix: Self.keyPrefix, office: office,
            journal: journal, using: &random) { lives.suite }
        try await workload.run { try await Conductor(lives: lives, journal: journal).run(plan) }
        #expect(journal.violations.isEmpty, "\(journal.violations)")
    }

    // MARK: Afterwards

    /// While the suite runs: records are as they were told, and followers are where their sources are.
    private func agreed(_ suite: RunningSuite, _ office: Office, _ journal: Journal) async throws {
        try await poll(until: "every process to be ready", timeout: RunningSuite.patience) {
            suite.state?.services.allSatisfy { $0.phase == "ready" } == true
        }
        let followers = FollowerCheck(suite: suite, office: office)
        #expect(try await followers.caughtUp() > 0)
        expectNone(try await followers.participants())
        expectNone(try await followers.diagnostics())
        expectNone(try await RecordCheck(suite: suite, journal: journal).problems())
    }

    /// Once it has stopped: what the files hold, read without any of our code.
    private func kept(_ folder: TemporaryDirectory, _ journal: Journal) async throws {
        if let missing = StoreFile.missing { return print("the files are not looked at: \(missing)") }
        let stores = RunningSuite.services.filter { $0 != "gateway" }.map { service in
            (service, StoreFile(path: folder.file("data/\(service).sqlite")))
        }
        expectNone(
            try await StoreVerdicts(
                stores: Dictionary(uniqueKeysWithValues: stores), journal: journal, keyPrefix: Self.keyPrefix
            ).problems())
    }

    private func expectNone(_ problems: [String]) {
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(10).joined(separator: "\n"))")
    }

    /// A run in which hardly anything was written proves nothing.
    private func expectVariety(_ journal: Journal) {
        let counts = Dictionary(grouping: journal.acknowledged, by: \.kind).mapValues(\.count)
        let refused = Dictionary(grouping: journal.refused, by: \.kind).mapValues(\.count)
        for kind in WriteKind.allCases {
            print("\(kind): \(counts[kind] ?? 0) acknowledged, \(refused[kind] ?? 0) refused")
        }
        for (why, writes) in Dictionary(grouping: journal.refused, by: \.why) { print("refused: \(why) \(writes.count)") }
        #expect(journal.acknowledged.count >= Self.kills * 2)
        guard Self.kills >= 50 else { return }
        let missing = Set(WriteKind.allCases.filter { counts[$0] == nil })
        // These need several others to come together first.
        let rare: Set<WriteKind> = [.acceptOffer, .declineOffer, .leaveList, .cancelEvent, .moveBooking]
        #expect(missing.subtracting(rare) == [])
        #expect(missing.count <= 2, "\(missing)")
    }
}
