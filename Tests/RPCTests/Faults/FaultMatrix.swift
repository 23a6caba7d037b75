import RPC
import TestSupport

/// What is tried while a fault comes.
enum Activity: CaseIterable, Hashable, Sendable {
    /// One call whose handler never answers.
    case hangingUnary
    /// One small call after the other.
    case unaryCalls
    /// A stream from the server that has no end.
    case serverStream
    /// A stream to the server that has no end.
    case clientStream
    /// A message each way, in turns.
    case bidirectional
    /// Calls whose messages go in pieces.
    case bigCalls
}

/// A fault, and what has to become of calls that are open when it comes.
struct FaultRow: Sendable {
    enum Outcome: Sendable {
        /// Every call ends with one of these statuses within the time.
        case ends([StatusCode], within: Duration)
        /// Every call goes on as if nothing had been.
        case goesOn
    }

    let name: String
    let outcome: Outcome
    /// What is done when every activity is under way; a row without it begins with its fault.
    var before: @Sendable (FaultBench) throws -> Void = { _ in }
    var during: @Sendable (FaultBench) throws -> Void = { _ in }
    /// What makes it good again, for the client to connect anew.
    var afterwards: @Sendable (FaultBench) throws -> Void = { $0.proxy.heal() }
}

extension FaultRow: CustomStringConvertible {
    var description: String { name }

    /// Of a fault that is not to be noticed by silence: so long that it would be noticed far too late.
    var pingInterval: Duration {
        if case .ends(_, FaultMatrix.bySilence) = outcome { return FaultBench.pingInterval }
        return .seconds(5)
    }
}

/// The table: what each call must end with.
///
/// PINGs are due after 400 ms of silence here and three of them may be missed, so a dead connection shows after 1.6 s
/// at the latest; what the bounds have above it is for busy machines. What shows without silence is tried with PINGs
/// after 5 s.
enum FaultMatrix {
    static let atOnce = Duration.seconds(2)
    static let bySilence = Duration.seconds(4)

    static let rows: [FaultRow] = ends + goingOn

    /// Those that encryption meets in another way.
    static let encrypted = rows.filter { row in
        [
            "bytes that nobody sent come to the client", "bytes that nobody sent come to the server",
            "the connection is closed",
            "everything comes in pieces of 7 bytes",
        ].contains(row.name)
    }

    private static let ends: [FaultRow] = [
        FaultRow(
            name: "the connection is closed", outcome: .ends([.unavailable], within: atOnce), during: { $0.proxy.cut() }
        ),
        FaultRow(
            name: "the connection is reset", outcome: .ends([.unavailable], within: atOnce),
            during: { $0.proxy.cut(resetting: true) }),
        FaultRow(
            name: "the connection is closed and nobody answers at the door",
            outcome: .ends([.unavailable], within: atOnce),
            during: { bench in
                bench.proxy.setDoor(.silent)
                bench.proxy.cut()
            }),
        FaultRow(
            name: "the network swallows everything", outcome: .ends([.unavailable], within: bySilence),
            during: { $0.proxy.treat(FaultProxy.Treatment(isLost: true)) }),
        FaultRow(
            name: "the network swallows what the client says", outcome: .ends([.unavailable], within: bySilence),
            during: { bench in
                // A server that streams is heard and yet does not hear: it is the server that gives up then.
                bench.proxy.treat(.toServer, FaultProxy.Treatment(isLost: true))
            }),
        FaultRow(
            name: "the network swallows what the server says", outcome: .ends([.unavailable], within: bySilence),
            during: { $0.proxy.treat(.toClient, FaultProxy.Treatment(isLost: true)) }),
        FaultRow(
            name: "the network stands still", outcome: .ends([.unavailable], within: bySilence),
            during: { $0.proxy.treat(FaultProxy.Treatment(isStalled: true)) }),
        FaultRow(
            name: "the server's host stands still", outcome: .ends([.unavailable], within: bySilence),
            during: { $0.proxy.treat(.toServer, FaultProxy.Treatment(isStalled: true)) }),
        FaultRow(
            name: "bytes that nobody sent come to the client", outcome: .ends([.unavailable], within: bySilence),
            before: { $0.proxy.plan([FaultProxy.Step(.toClient, after: 20_011, .insert(garbage))]) }),
        FaultRow(
            name: "bytes that nobody sent come to the server", outcome: .ends([.unavailable], within: bySilence),
            before: { $0.proxy.plan([FaultProxy.Step(.toServer, after: 20_011, .insert(garbage))]) }),
        FaultRow(
            name: "the connection is closed within a frame to the client",
            outcome: .ends([.unavailable], within: atOnce),
            before: { $0.proxy.plan([FaultProxy.Step(.toClient, after: 300_007, .cut)]) }),
        FaultRow(
            name: "the connection is reset within a frame to the server",
            outcome: .ends([.unavailable], within: atOnce),
            before: { $0.proxy.plan([FaultProxy.Step(.toServer, after: 300_007, .reset)]) }),
        FaultRow(
            name: "another server comes in the place of the first", outcome: .ends([.unavailable], within: atOnce),
            during: { bench in
                try bench.replaceServer()
                bench.proxy.cut()
            }),
    ]

    private static let goingOn: [FaultRow] = [
        FaultRow(
            name: "everything takes 60 ms each way", outcome: .goesOn,
            during: { $0.proxy.treat(FaultProxy.Treatment(delay: .milliseconds(60))) }),
        FaultRow(
            name: "the ways are slow by different times", outcome: .goesOn,
            during: { bench in
                bench.proxy.treat(.toServer, FaultProxy.Treatment(delay: .milliseconds(90)))
                bench.proxy.treat(.toClient, FaultProxy.Treatment(delay: .milliseconds(5)))
            }),
        FaultRow(
            name: "everything comes in pieces of 7 bytes", outcome: .goesOn,
            during: { $0.proxy.treat(FaultProxy.Treatment(pieceBytes: 7)) }),
        FaultRow(
            name: "what belongs apart comes together", outcome: .goesOn,
            during: { $0.proxy.treat(FaultProxy.Treatment(gathering: .milliseconds(20))) }),
    ]

    private static let garbage = (0..<997).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
}
