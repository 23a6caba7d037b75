import Foundation
import Synchronization

/// Keeps `suite.json` true while the suite runs, tells people what happens, and knows when all is ready.
package final class SuiteRecorder: Sendable {
    private let path: String
    private let console: Console
    private let stamp: @Sendable () -> String
    private let state: Mutex<SuiteState>
    let ready = Gate()

    /// - Parameter stamp: What stands before each line, such as the time when the lines go to a file.
    package init(
        _ initial: SuiteState, path: String, console: Console, stamp: @escaping @Sendable () -> String = { "" }
    ) {
        state = Mutex(initial)
        self.path = path
        self.console = console
        self.stamp = stamp
    }

    package var current: SuiteState { state.withLock { $0 } }

    package func tell(_ event: SuiteEvent) {
        if let line = Self.line(event) { console.say(stamp() + line) }
        let problem: (any Error)? = state.withLock { state in
            guard let index = state.services.firstIndex(where: { $0.name == event.name }) else { return nil }
            Self.apply(event, to: &state.services[index])
            if state.isReady { ready.open() }
            do { try state.write(to: path) } catch { return error }
            return nil
        }
        complain(problem)
    }

    /// A process comes, instead of the one of its name if there was one.
    package func add(_ service: SuiteState.Service) { change { $0.put(service) } }

    /// A process is gone for good.
    package func remove(_ name: String) { change { state in state.services.removeAll { $0.name == name } } }

    private func change(_ body: (inout SuiteState) -> Void) {
        let problem: (any Error)? = state.withLock { state in
            body(&state)
            do { try state.write(to: path) } catch { return error }
            return nil
        }
        complain(problem)
    }

    /// The suite runs on; only `olp status` and its kind will see an old state.
    private func complain(_ problem: (any Error)?) {
        if let problem { console.say("\(stamp())cannot write \(path): \(problem)") }
    }

    package func save() throws {
        try state.withLock { try $0.write(to: path) }
    }

    private static func apply(_ event: SuiteEvent, to service: inout SuiteState.Service) {
        switch event {
        case .started(_, let pid, let adminPort):
            (service.pid, service.adminPort, service.phase) = (pid, adminPort, .starting)
        case .ready: service.phase = .ready
        case .died, .cannotStart:
            (service.pid, service.phase) = (nil, .waiting)
            service.restarts += 1
        case .killed: break
        case .stopped: (service.pid, service.phase) = (nil, .stopped)
        }
    }

    /// Nil for what nobody needs to hear.
    package static func line(_ event: SuiteEvent) -> String? {
        switch event {
        case .started, .stopped: nil
        case .ready(let name, let after): "\(name) is ready after \(seconds(after))"
        case .died(let name, Keeper.notYet, let wait):
            "\(name) cannot have its store yet; its log says why; trying again in \(seconds(wait))"
        case .died(let name, let how, let wait):
            "\(name) ended by itself (\(how)); starting it again in \(seconds(wait))"
        case .cannotStart(let name, let reason, let wait):
            "\(name): \(reason); trying again in \(seconds(wait))"
        case .killed(let name, let after): "\(name) did not stop within \(seconds(after)) and was killed"
        }
    }

    /// With one decimal.
    package static func seconds(_ duration: Duration) -> String {
        duration.formatted(.units(allowed: [.seconds], width: .narrow, fractionalPart: .show(length: 1)))
    }
}
