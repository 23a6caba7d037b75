import ChildProcess
import Contracts
import TestSupport
import Testing
import Values

/// Each process of the suite is killed in turn, at random moments, while clients write through the gateway; now and then
/// all of them at once, the supervisor too, as when a machine loses its power. OLP_TEST_SEED repeats a run's plan,
/// OLP_TEST_KILLS says how many kills there are: 100 unless given.
@Suite("A hundred kills")
struct HundredKillsTests {
    static let kills = ProcessEnvironment.number("OLP_TEST_KILLS") ?? 100
    static let schools = 20
    /// What the keys of all clients begin with.
    static let keyPrefix = "client-"

    @Test("nothing acknowledged is lost, nothing is applied twice, and everybody agrees afterwards")
    func kills() async throws {
        var random = Seed.generator(for: "A hundred kills")
        let plan = KillPlan(kills: Self.kills, using: &random)
        let lives = try await SuiteLives()
        let journal = Journal()
        do {
            let office = try await open(lives.suite)
            try await work(plan, lives, office, journal, &random)
            try await agreed(lives.suite, office, journal)
            #expect(try await lives.suite.stop() == .exited(0))
        } catch {
            print("--- log of olp up\n\(lives.suite.log("up"))")
            await lives.suite.kill()
            throw error
        }
        try await kept(lives, journal)
        expectVariety(journal)
    }

    /// A register, and a cohort to apply for.
    private func open(_ suite: RunningSuite) async throws -> Office {
        let imported = try await suite.importRegister(rows: 200)
        #expect(imported.state == .succeeded)
        let schools = try await suite.employers(Self.schools).map(\.urn)
        #expect(schools.count == Self.schools)
        return Office(cohort: try await suite.openCohort().id, schools: schools)
    }

    private func work(
        _ plan: KillPlan, _ lives: SuiteLives, _ office: Office, _ journal: Journal, _ random: inout SeededGenerator
    ) async throws {
        let clients = clients(lives, office, journal, &random)
        try await withThrowingTaskGroup { group in
            for client in clients {
                group.addTask {
                    var client = client
                    do {
                        try await client.run()
                    } catch is KeyedClient.Finished {
                    } catch {
                        journal.violate("\(error)")
                        throw error
                    }
                }
            }
            try await Conductor(lives: lives, journal: journal).run(plan)
            journal.finish()
            try await group.waitForAll()
        }
        #expect(journal.violations.isEmpty, "\(journal.violations)")
    }

    private func clients(
        _ lives: SuiteLives, _ office: Office, _ journal: Journal, _ random: inout SeededGenerator
    ) -> [any OfficeClient] {
        func keyed(_ name: String) -> KeyedClient {
            KeyedClient("\(Self.keyPrefix)\(name)", journal) { lives.suite }
        }
        func generator() -> SeededGenerator { SeededGenerator(seed: random.next()) }
        return [
            PartnerClient(client: keyed("partners"), office: office, random: generator()),
            CandidateClient(client: keyed("candidates-1"), office: office, random: generator()),
            CandidateClient(client: keyed("candidates-2"), office: office, random: generator()),
            PlacesClient(client: keyed("places-1"), office: office, share: (number: 0, of: 2), random: generator()),
            PlacesClient(client: keyed("places-2"), office: office, share: (number: 1, of: 2), random: generator()),
            DiagnosticClient(client: keyed("diagnostics"), office: office, random: generator()),
        ]
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
    private func kept(_ lives: SuiteLives, _ journal: Journal) async throws {
        guard Python.path != nil else { return print("the files are not looked at: \(Python.missing)") }
        for service in KillPlan.services where service != "gateway" {
            let file = StoreFile(path: lives.store(service))
            let traces = try await StoreTraces(service: service, file: file)
            let check = TraceCheck(
                traces: traces, acknowledged: journal.acknowledged.filter { $0.kind.service == service },
                refused: journal.refused.filter { $0.kind.service == service }, keyPrefix: Self.keyPrefix)
            expectNone(try check.problems())
            if service == "training-events" {
                expectNone(try await PlacesCheck(file: file, traces: traces).problems())
            }
        }
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
