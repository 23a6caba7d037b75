import Foundation

/// What `olp up` prints when everything is ready.
package struct UpBanner: Sendable {
    private let plan: SuitePlan
    private let console: Console
    private let surroundings: Surroundings
    private let json: Bool
    /// Whether the token will be new to whoever starts the suite; looked up before anything is started.
    private let isTokenNew: Bool

    package init(plan: SuitePlan, console: Console, surroundings: Surroundings, json: Bool) {
        self.plan = plan
        self.console = console
        self.surroundings = surroundings
        self.json = json
        isTokenNew = !FileManager.default.fileExists(atPath: plan.folder.token)
    }

    /// - Parameter offersDemo: Whether there is a register, and nobody yet to look at.
    package func show(_ state: SuiteState, isDetached: Bool, offersDemo: Bool) {
        guard !json else { return console.print(JSONText.encode(state)) }
        let token = surroundings.shown(state.tokenFile)
        let olp = surroundings.shown(surroundings.invokedAs)
        let data =
            plan.folder.path == surroundings.absolute("data")
            ? "" : " --data \(surroundings.shown(plan.folder.path))"
        var lines = ["", "The suite is up:  \(state.url)"]
        lines += state.replicas(of: SuitePlan.gateway).dropFirst().compactMap { $0.url.map { "                  \($0)" } }
        if let database = state.database { lines.append("Stores:           in \(database)") }
        if isTokenNew, let text = try? GatewayAccess.readToken(state.tokenFile) {
            lines.append("Token:            \(text)")
            lines.append("                  (shown this once; kept in \(token))")
        } else {
            lines.append("Token:            in \(token)")
        }
        lines += [
            "Logs:             \(surroundings.shown(plan.folder.logs))",
            "",
            "Try:",
            "  curl -s -H \"Authorization: Bearer $(cat \(token))\" '\(state.url)/v1/schools?query=oldham&pageSize=3'",
            "  \(olp) call\(data) Partners/ListPartners '{\"pageSize\": 3}'",
        ]
        if offersDemo {
            lines.append("  \(olp) demo\(data)    plays a season: candidates, applications, events, questionnaires")
        }
        lines += [
            "",
            isDetached ? "It keeps running. Stop it with:  \(olp) down\(data)" : "Ctrl-C stops everything.",
        ]
        for line in lines { console.print(line) }
    }
}
