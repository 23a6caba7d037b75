import Glibc
import SuiteSupport
import TestSupport

/// The processes of a suite that runs, as victims.
struct SuiteProcesses {
    struct Process: Hashable, Sendable {
        let name: String
        let pid: Int32

        func kill() { _ = Glibc.kill(pid, SIGKILL) }
        func terminate() { _ = Glibc.kill(pid, SIGTERM) }
        func stop() { _ = Glibc.kill(pid, SIGSTOP) }
        func goOn() { _ = Glibc.kill(pid, SIGCONT) }
    }

    /// How long somebody who is to be hit may take to be there.
    static let patience = Duration.seconds(3)

    private let lives: SuiteLives

    init(_ lives: SuiteLives) {
        self.lives = lives
    }

    /// Waits until it runs, ready or not.
    func process(_ name: String) async throws -> Process {
        try await poll(for: "\(name) to run", timeout: Self.patience) {
            lives.suite.state?.services.first { $0.name == name }.flatMap(running)
        }
    }

    /// The process of a service that follows feeds: the one whose log was the last to say that it took one over.
    func follower(of service: String) async throws -> Process {
        try await poll(for: "somebody to follow for \(service)", timeout: Self.patience) {
            let suite = lives.suite
            let replicas = (suite.state?.services ?? []).filter { $0.name.hasPrefix("\(service)-") }
            let taken = replicas.compactMap { replica in
                lastTakeOver(suite.log(replica.name)).map { (replica: replica, at: $0) }
            }
            return taken.max { $0.at < $1.at }.flatMap { running($0.replica) }
        }
    }

    private func running(_ service: RunningSuite.State.Service) -> Process? {
        guard let pid = service.pid, kill(pid, 0) == 0 else { return nil }
        return Process(name: service.name, pid: pid)
    }

    /// The time, as its log writes it, of the last feed that a process took over.
    private func lastTakeOver(_ log: String) -> String? {
        log.split(separator: "\n").last { $0.contains("took over") && $0.contains("feed-") }
            .map { String($0.prefix(while: { $0 != " " })) }
    }
}
