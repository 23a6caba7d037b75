/// What a reader granted and what it has used of it: the counterpart of ``CreditGate``, on the reader's side.
package struct ReceiveWindow: Hashable, Sendable {
    private let window: Int
    /// Granted and not yet used by the sender; below zero by no more than one message.
    private var outstanding: Int
    /// Taken by the reader and not yet granted again.
    private var taken = 0

    package init(window: Int = CreditGate.initialWindowBytes) {
        self.window = window
        outstanding = window
    }

    /// Counts a message that came in.
    /// - Returns: false if the sender had no credit left for it.
    package mutating func received(_ byteCount: Int) -> Bool {
        guard outstanding > 0 else { return false }
        outstanding -= byteCount + CreditGate.messageOverheadBytes
        return true
    }

    /// Counts a message that the reader took.
    /// - Returns: bytes to grant now, if it is time to: once half the window was taken.
    package mutating func took(_ byteCount: Int) -> Int? {
        taken += byteCount + CreditGate.messageOverheadBytes
        guard taken * 2 >= window else { return nil }
        defer { taken = 0 }
        outstanding += taken
        return taken
    }
}
