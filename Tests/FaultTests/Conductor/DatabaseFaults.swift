/// What can be done to the database of a suite. Each undoes what the one before it did.
protocol DatabaseFaults: Sendable {
    /// Ends it and all its processes without warning.
    func kill() async throws
    /// Starts it again after `kill`. Returns when it serves.
    func start() async throws
    /// Ends it in order and starts it again.
    func restart() async throws
    /// Ends the server that takes writes without warning, and lets its standby take its place. Returns when there is a new
    /// standby.
    func failOver() async throws
    /// Stops all its processes where they are.
    func freeze()
    func thaw()
    /// Whatever is sent either way stays on the way until `heal`; nobody is told, and what was sent before arrives late.
    /// - Parameter process: between whom and the database; nil: everybody.
    func part(_ process: Int32?)
    /// Resets every connection, once.
    func cut()
    /// Lets whatever is sent either way take so much longer.
    func delay(_ duration: Duration, _ process: Int32?)
    /// Lets the network be well again.
    func heal()
}
