import Foundation
import Glibc
import Synchronization

/// A proxy between clients and a server of this machine, over TCP or local sockets, that does to their bytes what a bad
/// network would.
///
/// What it does is told from outside, at once (``treat(_:_:)``, ``cut(resetting:)``) or by bytes that have passed
/// (``plan(_:)``): whoever uses it need not wait for a moment.
package final class FaultProxy: Sendable {
    /// A direction.
    package enum Way: Hashable, Sendable, CaseIterable {
        case toServer, toClient
    }

    /// What happens to the bytes of one way.
    package struct Treatment: Hashable, Sendable {
        /// How long bytes are kept before they go on.
        package var delay = Duration.zero
        /// What comes within this time goes on in one write.
        package var gathering = Duration.zero
        /// The longest write in bytes; nil: as much as there is.
        package var pieceBytes: Int?
        /// Nothing is read: the sender's buffers fill up, and it does not see the other side's end.
        package var isStalled = false
        /// What is read goes nowhere.
        package var isLost = false

        package init(
            delay: Duration = .zero, gathering: Duration = .zero, pieceBytes: Int? = nil, isStalled: Bool = false,
            isLost: Bool = false
        ) {
            self.delay = delay
            self.gathering = gathering
            self.pieceBytes = pieceBytes
            self.isStalled = isStalled
            self.isLost = isLost
        }
    }

    /// What becomes of somebody who connects.
    package enum Door: Hashable, Sendable {
        /// Connected to the server.
        case open
        /// Closed at once.
        case shut
        /// Accepted, and never spoken to.
        case silent
        /// Sent these bytes, whatever it says; closed afterwards if told so.
        case speaking([UInt8], closing: Bool)
    }

    /// A fault that comes after so many bytes of a way have passed on a connection.
    package struct Step: Hashable, Sendable {
        package enum Fault: Hashable, Sendable {
            case cut, reset, stall, lose
            /// Bytes that nobody sent.
            case insert([UInt8])
        }

        package let way: Way
        package let afterBytes: Int
        package let fault: Fault

        package init(_ way: Way, after bytes: Int, _ fault: Fault) {
            self.way = way
            afterBytes = bytes
            self.fault = fault
        }
    }

    /// Where it listens on 127.0.0.1; 0 for one that listens at a path.
    package let port: Int
    private let control: ProxyControl

    /// Listens at a port that the system chooses.
    /// - Parameter upstream: the server's port on 127.0.0.1.
    package convenience init(to upstream: Int) throws {
        let (listener, port) = try listenOnLoopback()
        try self.init(listener, port: port, upstream: .port(upstream))
    }

    /// Listens at a local socket.
    /// - Parameters:
    ///   - path: absolute, at most 107 bytes; nothing is there yet.
    ///   - upstream: the path of the server's socket, asked for each client that connects, on the proxy's thread; nil: there
    ///     is none now. Whoever connects then is hung up on.
    package convenience init(at path: String, to upstream: @escaping @Sendable () -> String?) throws {
        try self.init(try listenLocally(at: path), port: 0, upstream: .path(upstream))
    }

    private init(_ listener: Int32, port: Int, upstream: ProxyUpstream) throws {
        self.port = port
        control = try ProxyControl(upstream: upstream)
        let control = control
        Thread.detachNewThread { ProxyLoop(control, listener: listener).run() }
    }

    deinit { control.change { $0.isStopping = true } }

    /// Treats the bytes of one way so from now on, on every connection.
    package func treat(_ way: Way, _ treatment: Treatment) {
        control.change { state in
            state.treatments[way] = treatment
            state.choice = nil
        }
    }

    /// Treats both ways so from now on.
    package func treat(_ treatment: Treatment) {
        control.change { state in
            for way in Way.allCases { state.treatments[way] = treatment }
            state.choice = nil
        }
    }

    /// Treats ways so from now on, of some connections only; all else is left alone, until `heal` or the next treatment of
    /// all.
    /// - Parameter whose: Chooses among the ports that clients connect from or, at a local socket, among the ids of their
    ///   processes. Asked of the connections there are, and of each that is made later; on the proxy's thread, so it must
    ///   not take long.
    package func treat(
        _ treatment: Treatment, of ways: Set<Way> = Set(Way.allCases),
        whose: @escaping @Sendable (Set<Int>) -> Set<Int>
    ) {
        control.change { state in
            state.treatments = [:]
            for way in ways { state.treatments[way] = treatment }
            state.choice = ProxyChoice(number: (state.choice?.number ?? 0) + 1, whose: whose)
        }
    }

    /// Closes connections. What was on its way on them is gone.
    /// - Parameters:
    ///   - resetting: with RST instead of FIN; local sockets know no difference.
    ///   - whose: chooses them, as for `treat`; nil: every one.
    package func cut(resetting: Bool = false, whose: (@Sendable (Set<Int>) -> Set<Int>)? = nil) {
        control.change { $0.cuts.append(ProxyCut(isResetting: resetting, whose: whose)) }
    }

    /// What becomes of those who connect from now on.
    package func setDoor(_ door: Door) { control.change { $0.door = door } }

    /// Leads those who connect from now on to another port.
    package func setUpstream(_ port: Int) { control.change { $0.upstream = .port(port) } }

    /// What comes to those who connect from now on, each step once on each connection.
    package func plan(_ steps: [Step]) { control.change { $0.plan = steps } }

    /// Passes everything on, at once and unchanged, from now on.
    package func heal() {
        control.change { state in
            state.treatments = [:]
            state.choice = nil
            state.door = .open
            state.plan = []
        }
    }

    /// Connections accepted so far.
    package var accepted: Int { control.read { $0.accepted } }

    /// Connections that are open now.
    package var open: Int { control.read { $0.open } }

    /// Bytes of a way that were passed on so far.
    package func passed(_ way: Way) -> Int { control.read { $0.passed[way] ?? 0 } }
}

/// Where a proxy's server is.
enum ProxyUpstream: Sendable {
    case port(Int)
    case path(@Sendable () -> String?)
}

/// Which connections are treated.
struct ProxyChoice: Sendable {
    /// Another for each.
    let number: Int
    let whose: @Sendable (Set<Int>) -> Set<Int>
}

/// An order to close connections.
struct ProxyCut: Sendable {
    let isResetting: Bool
    let whose: (@Sendable (Set<Int>) -> Set<Int>)?
}

/// What a proxy was told, and what it tells of itself.
final class ProxyControl: Sendable {
    struct State: Sendable {
        var treatments: [FaultProxy.Way: FaultProxy.Treatment] = [:]
        /// Whom they are for; nil: for all.
        var choice: ProxyChoice?
        var door = FaultProxy.Door.open
        var upstream: ProxyUpstream
        var plan: [FaultProxy.Step] = []
        /// Orders that the loop has not carried out yet.
        var cuts: [ProxyCut] = []
        var isStopping = false
        var accepted = 0
        var open = 0
        var passed: [FaultProxy.Way: Int] = [:]
    }

    private let state: Mutex<State>
    /// A pipe that wakes the loop.
    let wake: (reader: Int32, writer: Int32)

    init(upstream: ProxyUpstream) throws {
        state = Mutex(State(upstream: upstream))
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SystemFailure("pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wake = (ends[0], ends[1])
    }

    deinit {
        close(wake.reader)
        close(wake.writer)
    }

    func read<R: Sendable>(_ body: (State) -> R) -> R { state.withLock { body($0) } }

    /// For the loop: what it was told to close since it asked last.
    func takeCuts() -> [ProxyCut] {
        state.withLock { state in
            defer { state.cuts = [] }
            return state.cuts
        }
    }

    /// Changes what the loop works by, and wakes it.
    func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        // A full pipe wakes as well.
        var one: UInt8 = 1
        unsafe _ = write(wake.writer, &one, 1)
    }

    /// For the loop: notes what happened.
    func note(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
}
