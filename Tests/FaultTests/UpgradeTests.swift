import ChildProcess
import Foundation
import Glibc
import SuiteSupport
import TestSupport
import Testing
import Values

private enum PreviousVersion {
    /// Where its executables are.
    static let folder = ProcessEnvironment.text("OLP_TEST_PREVIOUS")
}

/// A suite of the previous version gets the programs of this one, process by process and in any order, while clients write.
/// Until the last, old and new ones call and follow each other. `Tests/Upgrade/run` builds the previous version and runs this.
///
/// Where the previous version can have several processes of a service, it has, and no call may fail. Else everybody waits
/// for the one process to be there again, and what was not answered is asked again with its key.
@Suite("Upgrade", .enabled(if: PreviousVersion.folder != nil, "OLP_TEST_PREVIOUS is not set; Tests/Upgrade/run sets it"))
struct UpgradeTests {
    static let crew = Workload.Crew(partners: 1, candidates: 2, places: 2, diagnostics: 1)
    static let keyPrefix = "client-"
    /// Answers between two steps.
    static let answersBetween = 60
    /// Writes that may be begun beyond the answers that a step waits for.
    static let underWay = 12

    @Test("programs are replaced one after the other under load, and nothing is lost")
    func upgrade() async throws {
        let previous = try #require(PreviousVersion.folder)
        var random = Seed.generator(for: "Upgrade")
        let topology = try await Self.hasReplicas(previous) && PostgresPrograms.areWanted ? Topology.database : .files
        let programs = try ProgramFolder(previous)
        let chaos = try await ChaosSuite.start(
            topology, hasNetwork: false, arguments: ["--bin", programs.path], program: "\(previous)/olp")
        let journal = Journal()
        do {
            let office = try await Office.open(chaos.suite)
            let workload = Workload(
                Self.crew, keyPrefix: Self.keyPrefix, office: office, journal: journal, using: &random
            ) { chaos.suite }
            let order = topology.services.shuffled(using: &random)
            try await workload.run {
                for service in order { try await replace(service, topology, chaos.suite, programs, journal) }
                try await answers(Self.answersBetween, journal)
            }
            // The supervisor comes last; what it kept is taken over by the new one.
            #expect(try await chaos.suite.stop() == .exited(0))
            try await chaos.lives.startAgain()
            let problems = try await Verdicts(
                chaos: chaos, office: office, journal: journal, keyPrefix: Self.keyPrefix
            ).problems(Chronicle())
            #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(10).joined(separator: "\n"))")
        } catch {
            print("--- the end of what olp up said\n\(chaos.suite.log("up").suffix(4000))")
            await chaos.suite.kill()
            throw error
        }
        #expect(journal.violations.isEmpty, "\(journal.violations)")
        let attempts = journal.attempts
        print("\(topology.engine): \(journal.acknowledged.count) writes acknowledged, \(attempts)")
        guard topology.engine == .postgres else { return }
        // Whoever cannot be connected to gets no calls from a balancer either.
        #expect(attempts.lost == 0 && attempts.putOff == 0, "\(attempts): \(journal.losses)")
    }

    /// Whether the version knows of several processes of a service.
    private static func hasReplicas(_ previous: String) async throws -> Bool {
        try await Program.run("\(previous)/olp", ["up", "--help"]).output.contains("--replicas")
    }

    /// Gives each process of a service the new program.
    private func replace(
        _ service: String, _ topology: Topology, _ suite: RunningSuite, _ programs: ProgramFolder, _ journal: Journal
    ) async throws {
        try programs.renew(service)
        for process in topology.processes(of: service) {
            try await answers(Self.answersBetween, journal)
            let pid = try await poll(for: "\(process) to run", timeout: RunningSuite.patience) {
                suite.state?.services.first { $0.name == process && $0.phase == "ready" }?.pid
            }
            print("\(process) gets the new program after \(journal.count) answers")
            kill(pid, SIGTERM)
            let next = try await poll(for: "\(process) to be ready again", timeout: RunningSuite.patience) {
                suite.state?.services.first { $0.name == process && $0.phase == "ready" && $0.pid != pid }?.pid
            }
            #expect(programs.isNew(next), "\(process) runs \(programs.program(of: next))")
        }
    }

    private func answers(_ count: Int, _ journal: Journal) async throws {
        let goal = journal.count + count
        journal.allow(count + Self.underWay)
        try await poll(until: "answer \(goal)", timeout: RunningSuite.patience * 2) {
            try journal.check()
            return journal.count >= goal
        }
    }
}

/// A folder of links to executables: those of the previous version until they are renewed.
private struct ProgramFolder {
    private let folder: TemporaryDirectory
    var path: String { folder.path }

    init(_ previous: String) throws {
        folder = try TemporaryDirectory()
        for service in RunningSuite.services {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("olp-\(service)"), withDestinationPath: "\(previous)/olp-\(service)")
        }
    }

    /// Links to this version's, at one moment.
    func renew(_ service: String) throws {
        let link = folder.file("olp-\(service)")
        try FileManager.default.createSymbolicLink(
            atPath: "\(link).new", withDestinationPath: Project.executable("olp-\(service)"))
        guard unsafe rename("\(link).new", link) == 0 else { throw SystemFailure("rename \(link).new") }
    }

    func program(of process: Int32) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")) ?? "nothing"
    }

    func isNew(_ process: Int32) -> Bool {
        let products = URL(fileURLWithPath: Project.products).resolvingSymlinksInPath().path
        return program(of: process).hasPrefix(products + "/")
    }
}
