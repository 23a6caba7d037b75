/// Where stores are kept unless configured.
enum StateFolder {
    /// Path of a service's store.
    static func store(of service: String, environment: [String: String]) throws(ConfigurationProblem) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/olp/\(service).sqlite" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/olp/\(service).sqlite" }
        throw ConfigurationProblem(
            .missing, "store is not configured, and there is no HOME to put it into. Give --store FILE.")
    }
}
