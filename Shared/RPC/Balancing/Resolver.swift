/// Says who the replicas of a target are.
///
/// It is asked by one channel. A list that could not be had is told as an error; whoever has an older one keeps it.
package protocol Resolver: Sendable {
    typealias Observer = @Sendable (Result<[String], RPCError>) -> Void

    /// Begins to tell `observer` the endpoints: once soon, then after every change, on any thread.
    func start(_ observer: @escaping Observer)
    /// A connection failed, perhaps because the list is old: look again, unless the last look was a moment ago.
    func lookAgain()
    /// Tells nothing more.
    func stop()
}

/// Replicas that are known from the beginning.
package struct StaticResolver: Resolver {
    private let endpoints: [String]

    package init(_ endpoints: [String]) { self.endpoints = endpoints }

    package func start(_ observer: @escaping Observer) { observer(.success(endpoints)) }
    package func lookAgain() {}
    package func stop() {}
}
