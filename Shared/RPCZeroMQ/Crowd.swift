import Synchronization

/// How many calls a channel has open, for whoever is not on the I/O thread.
///
/// Where few calls are open each is sent by whoever makes it, in the I/O thread's place: nobody else's frames could go with it,
/// and waking the thread takes longer than the sending. In a crowd that would take the frames' company from them.
final class Crowd: Sendable {
    /// Calls that are not a crowd yet.
    static let few = 4

    private let count = Atomic(0)

    /// Counts a call that begins.
    /// - Returns: whether it is one of few.
    func enter() -> Bool { count.add(1, ordering: .relaxed).newValue <= Self.few }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
