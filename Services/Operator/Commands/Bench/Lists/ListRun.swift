import Contracts
import Foundation
import HTTPClient
import RPC

/// Surveys lists and measures every combination, one call at a time.
struct ListRun {
    /// Longest that one combination is measured once it has been asked some times.
    static let longest = Duration.seconds(5)
    static let fewestCalls = 10
    /// Calls of each combination that are not counted.
    static let warmUp = 3

    let caller: ListCaller
    /// Nil: the services themselves are asked.
    let access: GatewayAccess?
    let calls: Int
    let pageSize: Int
    let pages: Int
    let withPairs: Bool
    let console: Console

    func run(_ methods: [ListMethod], via: String) async throws -> ListReport {
        var report = ListReport(machine: .now(), via: via, pageSize: pageSize)
        var survey = ListSurvey(caller, mostPages: pages)
        // Lists of something first: what belongs to a subject is found by its list, and what needs a value by others.
        var waiting = methods.filter { $0.subject == nil } + methods.filter { $0.subject != nil }
        for round in 1...2 {
            var later: [ListMethod] = []
            for method in waiting {
                do {
                    let bases = try await survey.bases(method)
                    guard let base = bases.first else {
                        later.append(method)
                        continue
                    }
                    try await survey.sample(method, base)
                } catch {
                    report.errors.append("\(method.name): \(error)")
                }
            }
            if round == 2 { for method in later { console.say("\(method.name): nothing to ask with") } }
            waiting = later
        }
        for method in methods {
            do {
                try await measure(method, survey, &report)
            } catch {
                report.errors.append("\(method.name): \(error)")
            }
        }
        report.figures.sort { ($0.p99Milliseconds, $0.p50Milliseconds) > ($1.p99Milliseconds, $1.p50Milliseconds) }
        return report
    }

    private func measure(_ method: ListMethod, _ survey: ListSurvey, _ report: inout ListReport) async throws {
        let before = report.figures.count
        for base in try await survey.bases(method) {
            let choices = try await survey.choices(method, base)
            for question in ListQuestion.all(from: base, order: method.order, choices: choices, withPairs: withPairs) {
                do {
                    try await measure(method, question, survey, &report)
                } catch {
                    report.errors.append("\(method.name) \(question.order) \(question.filter): \(error)")
                }
            }
        }
        let figures = report.figures[before...]
        let worst = figures.map(\.p99Milliseconds).max() ?? 0
        console.say("\(method.name): \(figures.count) combinations, p99 up to \(String(format: "%.1f", worst)) ms")
    }

    private func measure(
        _ method: ListMethod, _ question: ListQuestion, _ survey: ListSurvey, _ report: inout ListReport
    ) async throws {
        var places: [(page: String, token: String)] = [("first", "")]
        if question.isPlain {
            let isWhole = question.filter.isEmpty
            let found = try await survey.walk(method, question, pages: isWhole ? pages : ListSurvey.filteredPages)
            if isWhole { report.pages[method.name] = found.pages }
            if let deep = found.deep { places.append(("deep", deep)) }
            if let last = found.last { places.append(("last", last)) }
        }
        for (page, token) in places {
            let request = question.json(pageSize: pageSize, token: token)
            guard let (rows, latencies) = try await measure(method, request) else { return }
            report.figures.append(
                ListFigure(
                    method: method.name, filter: question.filter, order: question.order, page: page, rows: rows,
                    calls: latencies.total, p50Milliseconds: latencies.milliseconds(0.5),
                    p99Milliseconds: latencies.milliseconds(0.99), mostMilliseconds: latencies.milliseconds(1)))
        }
    }

    /// Nil if the list is not reached in this way.
    private func measure(_ method: ListMethod, _ request: JSONValue) async throws -> (Int, LatencyCounts)? {
        let rows = try await caller.page(method, request).rows
        guard let access else {
            let bytes = try method.entry.requestFromJSON(Array(JSONText.encode(request).utf8))
            return (rows, try await count { _ = try await caller.reply(method, bytes) })
        }
        guard let sent = ListTarget.request(method, request) else { return nil }
        let counts = try await access.withConnection { send in
            try await count {
                let reply = try await send(sent)
                guard reply.isSuccess else { throw Problem(reply).failure("\(sent.method) \(method.name)") }
            }
        }
        return (rows, counts)
    }

    private func count(_ call: () async throws -> Void) async throws -> LatencyCounts {
        let clock = ContinuousClock()
        var counts = LatencyCounts()
        for _ in 0..<Self.warmUp { try await call() }
        let begin = clock.now
        for number in 0..<calls {
            let started = clock.now
            if number >= Self.fewestCalls, started - begin > Self.longest { break }
            try await call()
            counts.add(nanoseconds: Int((clock.now - started) / .nanoseconds(1)))
        }
        return counts
    }
}
