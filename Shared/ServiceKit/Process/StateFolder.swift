/// The folder in which stores and other files that have to last are kept unless configured.
enum StateFolder {
    /// - Parameter key: whose default is asked for; part of the error.
    static func path(
        for key: String, environment: [String: String]
    ) throws(ConfigurationProblem) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/olp" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/olp" }
        throw ConfigurationProblem(
            .missing, "\(key) is not configured, and there is no HOME to put the file into. Give --\(key) FILE.")
    }
}
