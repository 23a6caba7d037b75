package import ArgumentParser
import ChildProcess
import Foundation
import Glibc
import UnixSignals

package struct UpCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the whole suite on this machine and keeps it running.",
        discussion: """
            Starts the four services and the gateway, waits until they are ready,
            and prints where the gateway listens. A process that dies is started
            again, a little later each time. Ctrl-C stops everything, the gateway
            first; a second Ctrl-C does not wait.

              olp up                 stores and logs in ./data, gateway on 8080
              olp up --port 9000 --data /srv/olp
              olp up --detach        leave it running; stop it with: olp down

            With --database all stores are in one PostgreSQL database, each in a
            schema of its own, and services may have several processes:

              olp up --database postgres://olp@localhost/olp --replicas enrolment=3,gateway=2

            `olp scale` changes how many while it runs. Gateways listen on the ports
            from --port on. A password is better in OLP_DATABASE than in --database:
            whoever may list this machine's processes sees their arguments.
            """)

    /// A signal that comes sooner after the first is the same one, sent to process and group.
    private static let secondSignalAfter = Duration.milliseconds(500)

    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: "Address that the gateway listens on.")
    package var host = "127.0.0.1"

    @Option(name: .long, help: "Port that the gateway listens on; further gateways have those above it.")
    package var port = 8080

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many processes services have, such as enrolment=3,gateway=2. Default: one.", valueName: "service=n"))
    package var replicas: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "PostgreSQL database for the stores. Else \(SuiteDatabase.variable), else a file of SQLite for each service.",
            valueName: "url"))
    package var database: String?

    @Flag(name: .long, help: "Return when everything is ready, and leave it running.")
    package var detach = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When the stores are empty, load the example in this folder.", valueName: "dir"))
    package var sample: String?

    @Flag(name: .long, help: "When there are no candidates, play a season as `olp demo` does.")
    package var demo = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder with the services' executables. Default: where olp itself is.", valueName: "dir"))
    package var bin: String?

    @Option(name: .long, help: "Least level that the services log: debug, info, warning, error.")
    package var logLevel: String?

    @Flag(name: .long, help: "Print one JSON object when everything is ready.")
    package var json = false

    /// Set by `--detach` on the process that it leaves behind.
    @Flag(name: .long, help: .private)
    package var background = false

    package init() {}

    package func validate() throws {
        guard 1...65_535 ~= port else { throw ValidationError("--port is 1 to 65535, not \(port).") }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let plan = try plan(surroundings)
        if database != nil, plan.database?.holdsPassword == true {
            console.say("The password in --database can be seen in the list of processes; \(SuiteDatabase.variable) hides it.")
        }
        let banner = UpBanner(plan: plan, console: console, surroundings: surroundings, json: json)
        if detach {
            let state = try await DetachedSuite(plan: plan, surroundings: surroundings).start()
            if let failure = try await whenReady(state, banner, console, surroundings) { throw failure }
        } else {
            try await runHere(plan, banner, console, surroundings)
        }
    }

    private func plan(_ surroundings: Surroundings) throws(Failure) -> SuitePlan {
        let found = try SuiteDatabase.told(database, surroundings)
        return SuitePlan(
            folder: suite.folder(surroundings), host: host, port: port,
            executables: bin.map(surroundings.absolute) ?? surroundings.executableFolder, logLevel: logLevel,
            environment: surroundings.environment, counts: try ReplicaCounts(replicas), database: found)
    }

    /// - Returns: what a season has found wrong, although everything runs.
    private func whenReady(
        _ state: SuiteState, _ banner: UpBanner, _ console: Console, _ surroundings: Surroundings
    ) async throws -> Failure? {
        let gateway = try GatewayAccess(state)
        if let sample {
            try await SampleLoader(folder: surroundings.absolute(sample), gateway: gateway, console: console)
                .loadIfEmpty()
        }
        let failure = demo ? try await play(state, gateway, console, surroundings) : nil
        banner.show(state, isDetached: detach, offersDemo: await Demo.isWorthOffering(gateway))
        return failure
    }

    private func play(
        _ state: SuiteState, _ gateway: GatewayAccess, _ console: Console, _ surroundings: Surroundings
    ) async throws -> Failure? {
        guard try await !Demo.hasCandidates(gateway) else {
            console.say("The suite holds candidates already, so no season is played.")
            return nil
        }
        let sample = sample
        let played = try await Demo(
            state: state, seed: Demo.anySeed(), candidates: SeasonPlanner.usualCandidates,
            sample: { try sample.map(surroundings.absolute) ?? SampleCommand.folderOfProject(surroundings) },
            console: console
        ).play(intoExisting: false)
        if !json { for line in played.lines(surroundings) { console.print(line) } }
        return played.report.failure
    }

    private func runHere(
        _ plan: SuitePlan, _ banner: UpBanner, _ console: Console, _ surroundings: Surroundings
    ) async throws {
        let folder = plan.folder
        try folder.make(userID: surroundings.userID)
        guard let lock = try SuiteLock(folder.lock) else {
            throw try UpCommand.alreadyRunning(folder, surroundings)
        }
        defer {
            try? FileManager.default.removeItem(atPath: folder.state)
            try? FileManager.default.removeItem(atPath: folder.runtime)
            withExtendedLifetime(lock) {}
        }
        try await plan.check()
        for process in plan.processes { LogFile.rotate(process.log) }

        let background = background
        let recorder = SuiteRecorder(
            SuiteState(plan), path: folder.state, console: console,
            stamp: { background ? Date.now.formatted(.iso8601) + " " : "" })
        try recorder.save()
        let makeKeeper: @Sendable (ServicePlan) -> Keeper = { process in
            Keeper(process, choosePort: Port.anyFree, isReady: Readiness.isReady, tell: recorder.tell)
        }
        let supervisor = Supervisor(plan.processes.map(makeKeeper))
        let peers = PeerLists(folder: folder.peers)
        for process in plan.processes {
            if let endpoint = process.endpoint { try peers.add(endpoint, to: process.replica.service) }
        }
        let control = try SuiteControl(
            Fleet(plan: plan, supervisor: supervisor, recorder: recorder, peers: peers, makeKeeper: makeKeeper),
            at: folder.control)
        defer { control.stop() }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let stop = Gate()
        try await withThrowingTaskGroup { group in
            group.addTask {
                var first: ContinuousClock.Instant?
                for await _ in signals {
                    if let first {
                        if ContinuousClock.now - first > Self.secondSignalAfter { supervisor.kill() }
                    } else {
                        first = .now
                        console.say("Stopping …")
                        stop.open()
                    }
                }
            }
            group.addTask {
                await recorder.ready.opened()
                guard !Task.isCancelled, !background else { return }
                do {
                    let failure = try await whenReady(recorder.current, banner, console, surroundings)
                    if let failure { console.say("olp: \(failure)") }
                } catch  where Task.isCancelled || stop.isOpen {
                } catch {
                    // The suite itself is well; what is missing is the example.
                    console.say("olp: \(error)")
                    banner.show(recorder.current, isDetached: false, offersDemo: false)
                }
            }
            defer { group.cancelAll() }
            try await supervisor.run(until: stop.opened)
        }
        if !background { console.say("Stopped.") }
    }

    static func alreadyRunning(_ folder: SuiteFolder, _ surroundings: Surroundings) throws(Failure) -> Failure {
        let shown = surroundings.shown(folder.path)
        let who = try SuiteState.read(folder.state).map {
            "process \($0.pid), since \($0.startedAt.formatted(.iso8601)), at \($0.url)"
        }
        return Failure(
            .failure, "a suite already runs on \(shown): \(who ?? "it is starting or stopping")",
            advice: "Use it, stop it with `olp down --data \(shown)`, or choose another folder with --data.")
    }
}

extension SuiteState {
    /// The state before anything is started.
    package init(_ plan: SuitePlan) {
        self.init(
            pid: getpid(), startedAt: .now, url: plan.processes.compactMap(\.url).first ?? plan.url,
            tokenFile: plan.folder.token, control: plan.folder.control, database: plan.database?.shown,
            services: plan.processes.map(Service.init))
    }
}
