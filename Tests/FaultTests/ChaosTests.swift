import Foundation
import SuiteSupport
import TestSupport
import Testing
import Values

/// Clients write everything that people write while a conductor kills, stops and restarts processes, gateways and the
/// database, and cuts them off from each other, by a plan that the seed makes. Afterwards the stores themselves are judged.
///
/// OLP_TEST_SEED repeats a run's plan, OLP_TEST_CHAOS_SECONDS says how long it is: a minute unless
/// given, half a minute where there is only one process of each service.
/// OLP_TEST_CHAOS_KEEP names a folder that is given the stores and logs of a run in which something was wrong.
@Suite("Chaos", .serialized)
struct ChaosTests {
    static let asked = ProcessEnvironment.number("OLP_TEST_CHAOS_SECONDS")
    static let crew = Workload.Crew(partners: 1, candidates: 3, places: 3, diagnostics: 1, imports: 1)
    /// What the keys of all clients begin with.
    static let keyPrefix = "client-"

    @Test("nothing acknowledged is lost or applied twice, whatever is done to one process a service on files")
    func files() async throws { try await chaos(.files, .seconds(Self.asked ?? 30)) }

    @Test(
        "nothing acknowledged is lost or applied twice, whatever is done to many processes on PostgreSQL",
        .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
    func database() async throws { try await chaos(.database, .seconds(Self.asked ?? 60)) }

    private func chaos(_ topology: Topology, _ length: Duration) async throws {
        var random = Seed.generator(for: "Chaos, \(topology.engine)")
        let plan = FaultPlan(seed: random.next(), topology: topology, length: length)
        let chaos = try await ChaosSuite.start(topology, hasNetwork: true)
        let journal = Journal()
        let chronicle = Chronicle()
        var problems: [String] = []
        do {
            let office = try await Office.open(chaos.suite)
            chronicle.begin()
            let workload = Workload(
                Self.crew, keyPrefix: Self.keyPrefix, office: office, journal: journal,
                patience: .init(attempt: .seconds(8), answer: .seconds(120)), using: &random) { chaos.suite }
            try await workload.run {
                let conductor = Conductor(
                    plan: plan, lives: chaos.lives, database: chaos.database, network: chaos.network, journal: journal,
                    chronicle: chronicle)
                defer {
                    print(
                        """
                        \(conductor.turns.counts.done) faults, \(conductor.turns.counts.leftOut) left out; callers that \
                        something was done to on the network: \(chaos.network?.hits ?? 0)
                        """)
                }
                try await conductor.run()
            }
            chronicle.note("the plan is done, and all is answered")
            problems += journal.violations
            problems += try await Verdicts(chaos: chaos, office: office, journal: journal, keyPrefix: Self.keyPrefix)
                .problems(chronicle)
        } catch {
            problems.append("\(error)")
            await chaos.suite.kill()
        }
        report(plan, journal, chronicle)
        if !problems.isEmpty { tell(problems, plan, chronicle, chaos) }
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(10).joined(separator: "\n"))")
        // A run in which hardly anything was written, or nothing got into the way, proves nothing.
        #expect(journal.acknowledged.count >= Int(length / .seconds(1)) * 2)
        #expect(journal.attempts.lost + journal.attempts.putOff > 0)
        #expect(chaos.network?.uncalled == [], "nobody went through the network")
        #expect((chaos.network?.hits ?? 0) > 0 || !plan.faults.contains { $0.victim.isCalls })
    }

    // MARK: What is told

    private func report(_ plan: FaultPlan, _ journal: Journal, _ chronicle: Chronicle) {
        let (counts, refused) = (journal.acknowledged.count, journal.refused.count)
        print(
            """
            \(counts) writes acknowledged, \(refused) refused; \(journal.attempts.lost) attempts nobody answered, \
            \(journal.attempts.unsent) nobody could be sent, \(journal.attempts.putOff) put off; longest time without an \
            answer \(Fault.seconds(chronicle.longestSilence))
            """)
        let faults = Dictionary(grouping: plan.faults) { "\($0.kind) \($0.victim.sort)" }.mapValues(\.count)
        print(faults.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", "))
        let kinds = Dictionary(grouping: journal.acknowledged, by: \.kind).mapValues(\.count)
        print(kinds.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", "))
    }

    private func tell(_ problems: [String], _ plan: FaultPlan, _ chronicle: Chronicle, _ chaos: ChaosSuite) {
        print(
            """
            --- \(problems.count) problems; again with OLP_TEST_SEED=\(Seed.current) \
            OLP_TEST_CHAOS_SECONDS=\(Int(plan.length / .seconds(1)))
            \(problems.prefix(50).joined(separator: "\n"))
            --- the plan
            \(plan.lines)--- what was done
            \(chronicle.text)--- the end of what olp up said
            \(chaos.suite.log("up").suffix(4000))
            """)
        guard let kept = ProcessEnvironment.text("OLP_TEST_CHAOS_KEEP") else { return }
        let target = "\(kept)/seed-\(Seed.current)"
        do {
            try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: chaos.folder.path, toPath: target)
            print("--- stores and logs are in \(target)")
        } catch {
            print("--- stores and logs could not be kept: \(error)")
        }
    }
}
