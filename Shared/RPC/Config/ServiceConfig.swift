/// What callers of one target do about its calls: time limits, retries, the choice of a replica. gRPC's service config.
package struct ServiceConfig: Hashable, Sendable {
    /// By "package.Service/Method".
    private var methods: [String: MethodConfig] = [:]
    /// By "package.Service".
    private var services: [String: MethodConfig] = [:]
    /// For all other methods.
    private var fallback = MethodConfig()
    /// Nil: retries are not held back.
    package var retryThrottling: RetryThrottling?
    /// Nil: the channel's own default.
    package var balancing: BalancingPolicy?

    package init() {}

    /// The configuration of a method. The most specific name wins as a whole: the method, then its service, then the
    /// default.
    package func method(_ fullName: String) -> MethodConfig {
        if !methods.isEmpty, let own = methods[fullName] { return own }
        if !services.isEmpty, let slash = fullName.lastIndex(of: "/"), let own = services[String(fullName[..<slash])] {
            return own
        }
        return fallback
    }

    /// Whose calls an entry is for.
    package enum Name: Hashable, Sendable {
        case method(String)
        case service(String)
        case everything
    }

    package mutating func set(_ config: MethodConfig, for name: Name) {
        switch name {
        case .method(let name): methods[name] = config
        case .service(let name): services[name] = config
        case .everything: fallback = config
        }
    }
}

/// What a caller does about the calls of one method.
package struct MethodConfig: Hashable, Sendable {
    /// For calls that do not ask for it themselves.
    package var waitForReady = false
    /// Longest time of a call, all attempts included; a shorter one of the call itself counts.
    package var timeout: Duration?
    package var maximumRequestBytes: Int?
    package var maximumResponseBytes: Int?
    package var retryPolicy: RetryPolicy?

    package init() {}
}
