import Logging
import RPC
import RPCZeroMQ
import ServiceLifecycle
import Storage
import Values

/// One process from the opened store to its end.
struct ProcessFrame {
    private let definition: ServiceDefinition
    private let configuration: Configuration
    private let places: Places
    private let surroundings: Surroundings
    private let logger: Logger
    private let metrics = MetricsRegistry()
    private let readiness = Readiness()
    private let identifiers: SystemIdentifiers

    init(
        _ definition: ServiceDefinition, _ configuration: Configuration, _ places: Places, _ surroundings: Surroundings
    ) throws {
        self.definition = definition
        self.configuration = configuration
        self.places = places
        self.surroundings = surroundings
        var handler = LineLogHandler(
            service: definition.name, level: configuration[CommonKeys.logLevel],
            format: configuration[CommonKeys.logFormat], clock: surroundings.wallClock,
            write: surroundings.writeLog)
        handler.metadataProvider = TraceLogs.provider
        logger = Logger(label: "olp.\(definition.name)") { [handler] _ in handler }
        identifiers = SystemIdentifiers(clock: surroundings.wallClock)
    }

    /// Runs until a signal asks for the end, or something without which it cannot go on has failed.
    func run() async throws -> ExitCode {
        let instanceID = "\(identifiers.next())"
        logger.notice(
            "starting",
            metadata: [
                "process.version": "\(Release.version)", "process.instance": "\(instanceID)",
                "config.given": "\(configuration.given.sorted().joined(separator: " "))",
            ])
        let security = try ProcessSecurity.policy(definition, configuration) { [logger] in logger.tell($0) }
        let actors = try ProcessSecurity.actorVerifier(definition, configuration, clock: surroundings.wallClock)
        for folder in places.folders { try folder.prepare() }
        // The store's lease comes before the sockets: libzmq would take over another process's socket silently.
        let store = try openStore()
        let transport = ZeroMQTransport(
            identity: ProcessIdentity(service: definition.name, instanceID: instanceID, build: Release.version),
            security: security)
        let code: ExitCode
        do {
            code = try await serve(store, transport, actors, instanceID)
        } catch {
            close(store, transport)
            throw error
        }
        close(store, transport)
        logger.notice("stopped", metadata: ["process.exit_code": .stringConvertible(Int(code.rawValue))])
        return code
    }

    /// Brings the store up to this release and closes it: a step of its own before a release's processes are started.
    func migrate() throws {
        for folder in places.folders { try folder.prepare() }
        guard let store = try openStore() else {
            return surroundings.printOut("olp-\(definition.name) keeps no store: there is nothing to bring up to date.")
        }
        store.close()
        surroundings.printOut("The store of olp-\(definition.name) is up to date with release \(Release.version).")
    }

    /// Copies the store to a place that holds nothing yet, and says what was copied (``StoreCopyLine``).
    func copyStore(to place: String) async throws {
        guard let source = places.store, let kept = definition.store else { return }
        let target: StoreLocation
        do {
            target = try StoreLocation(place)
        } catch {
            throw ConfigurationProblem(.missing, "\(CommonKeys.copyStoreTo.name): \(error.message)")
        }
        for folder in places.folders { try folder.prepare() }
        let copy = StoreCopy(
            service: definition.name, migrations: kept.migrations, at: surroundings.wallClock.now(), log: logger)
        let say: @Sendable (StoreCopyLine) -> Void = { [surroundings] line in
            surroundings.printOut(line.text)
        }
        let tables = try await copy.run(from: source, to: target) { progress in say(StoreCopyLine(progress)) }
        for table in tables { say(StoreCopyLine(table)) }
    }

    private func openStore() throws -> Store? {
        guard let location = places.store, let kept = definition.store else { return nil }
        return try Store(
            opening: location, service: definition.name, migrations: kept.migrations,
            at: surroundings.wallClock.now(),
            limits: StoreLimits(writesPerCommit: configuration[CommonKeys.writesPerCommit]), log: logger)
    }

    private func close(_ store: Store?, _ transport: ZeroMQTransport) {
        transport.shutDown()
        store?.close()
    }

    private func serve(
        _ store: Store?, _ transport: ZeroMQTransport, _ actors: ActorVerifier?, _ instanceID: String
    ) async throws -> ExitCode {
        ProcessMetrics.register(
            in: metrics, service: definition.name, instanceID: instanceID, clock: surroundings.wallClock)
        let clientMetrics = ClientCallMetrics(metrics)
        let channels = Dictionary(
            uniqueKeysWithValues: try places.peers.map { name, target in
                (name, try transport.channel(
                    to: target, service: name, policy: PeerChannel.config.balancing ?? .standard))
            })
        defer { for channel in channels.values { channel.close() } }
        let jitter: @Sendable () -> Double = { .random(in: 0.8...1.2) }
        let claims = store.map {
            ClaimKeeper($0, process: instanceID, isShared: $0.isShared, clock: surroundings.clock, logger: logger)
        }
        let environment = ServiceEnvironment(
            name: definition.name, configuration: configuration, logger: logger, metrics: metrics,
            readiness: readiness, wallClock: surroundings.wallClock, clock: surroundings.clock,
            identifiers: identifiers, jitter: jitter, announce: surroundings.printOut,
            variables: surroundings.environment, store: store,
            claims: claims,
            channels: Dictionary(
                uniqueKeysWithValues: channels.map { name, channel in
                    (name, PeerChannel.make(
                        over: channel, to: name, metrics: clientMetrics, clock: surroundings.clock, jitter: jitter))
                }))
        let assembly = try await definition.assemble(environment)
        let group = ServiceGroup(
            configuration: .init(
                services: services(assembly, store, claims, transport, actors), logger: HTTPListening.quietLogger(logger)))
        let run = OrderlyRun(
            drainTime: configuration[CommonKeys.drainTime], clock: surroundings.clock, logger: logger,
            endNow: surroundings.endNow)
        return try await run.untilStopped(group, signals: surroundings.signals())
    }

    /// In the order of their start; they stop in reverse: not ready, open calls, the service's own, probes last.
    private func services(
        _ assembly: ServiceAssembly, _ store: Store?, _ claims: ClaimKeeper?, _ transport: ZeroMQTransport,
        _ actors: ActorVerifier?
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        readiness.expect(AdminServer.readinessName)
        var checks = assembly.readiness
        if let store { checks.append(.store(store, metrics)) }
        var all = [
            entry("admin", AdminServer(
                name: definition.name, address: configuration[CommonKeys.admin(port: definition.adminPort)],
                readiness: readiness, metrics: metrics, logger: logger)),
            entry("readiness", ReadinessMonitor(
                readiness: readiness, checks: checks, clock: surroundings.clock, logger: logger)),
        ]
        if let store, let claims {
            let housekeeping = StoreHousekeeping(
                store: store, clock: surroundings.clock, wallClock: surroundings.wallClock, logger: logger)
            // Before all that is done by right: so it stops after them, when the rights can be given back.
            all.append(entry("claims", claims))
            all.append(entry(
                "store-housekeeping", Exclusively(claims.right(to: "store-housekeeping"), housekeeping)))
        }
        all += assembly.services.map { entry("\(type(of: $0))", $0) }
        if definition.servesCalls {
            readiness.expect(CallServing.readinessName)
            let serving = CallServing(
                server: server(assembly.router, store, actors), endpoints: places.listen, transport: transport,
                readiness: readiness, logger: logger)
            all.append(entry("rpc", serving))
        }
        all.append(entry("closing", Closing(readiness: readiness, logger: logger)))
        return all
    }

    private func entry(
        _ name: String, _ service: any Service
    ) -> ServiceGroupConfiguration.ServiceConfiguration {
        .init(service: service, failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: name)
    }

    private func server(_ own: Router, _ store: Store?, _ actors: ActorVerifier?) -> RPCServer {
        StandardServices.server(
            own, store: store, readiness: readiness, metrics: metrics, logger: logger, actors: actors)
    }
}

extension ReadinessCheck {
    /// Whether the store answers; also asks how much waits for it.
    static func store(_ store: Store, _ metrics: MetricsRegistry) -> ReadinessCheck {
        let waiting = metrics.gauge(
            "olp_store_waiting", "Reads and writes that wait for a thread of the store.", labels: ["operation"])
        let writes = metrics.counter("olp_store_writes_total", "Writes that were kept.")
        let commits = metrics.counter("olp_store_commits_total", "Commits that kept them: writes that come at once share one.")
        return ReadinessCheck("store") {
            do {
                let load = try await store.health()
                waiting.with("read").set(Double(load.waitingReads))
                waiting.with("write").set(Double(load.waitingWrites))
                let counts = store.writeCounts
                writes.with().advance(to: UInt64(counts.writes))
                commits.with().advance(to: UInt64(counts.commits))
                return nil
            } catch {
                return (error as? StoreError)?.message ?? "it does not answer"
            }
        }
    }
}
