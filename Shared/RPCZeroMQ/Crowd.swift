import Synchronization

/// How many calls are open at one side, for whoever is not on the I/O thread.
///
/// Where few calls are open each is sent by whoever makes it, in the I/O thread's place: nobody else's frames could go
/// with it, and waking the thread takes longer than the sending. In a crowd that would take the frames' company from them.
/// A server cannot tell how many calls its clients have under way: there only the last open one is sent so.
final class Crowd: Sendable {
    /// A client's calls that are not a crowd yet.
    static let few = 4

    private let open = Atomic(0)

    var count: Int { open.load(ordering: .relaxed) }

    /// Counts a call that begins.
    /// - Returns: whether it is one of few.
    func enter() -> Bool { open.add(1, ordering: .relaxed).newValue <= Self.few }

    func leave(_ calls: Int = 1) { open.subtract(calls, ordering: .relaxed) }
}
