import Contracts
import Foundation
import ProtoJSON
import RPC

/// Finds out what to ask lists with: walks each once and keeps some of its rows.
struct ListSurvey {
    /// Pages that are read of a list that is asked with a filter.
    static let filteredPages = 50
    /// Subjects that are tried, to find one with a long list.
    static let mostSubjects = 60
    /// Rows of a page, where the list does not allow fewer only.
    static let pageSize = 100

    let caller: ListCaller
    /// Pages of a whole list that are read.
    let mostPages: Int
    /// Rows of each kind of row, by the message's name.
    private(set) var rows: [String: ListRows] = [:]
    /// The same by the route of the list.
    private(set) var rowsByRoute: [String: ListRows] = [:]

    init(_ caller: ListCaller, mostPages: Int) {
        self.caller = caller
        self.mostPages = mostPages
    }

    /// Where pages begin: the first, one in the middle of those read, and the last if it was reached.
    struct Places: Sendable {
        var deep: String?
        var last: String?
        var isEmpty = false
        var pages = 0
    }

    func walk(_ method: ListMethod, _ question: ListQuestion, pages: Int) async throws -> Places {
        var tokens = [""]
        var places = Places()
        while true {
            let page = try await caller.page(
                method, question.json(pageSize: Self.pageSize, token: tokens[tokens.count - 1]))
            places.isEmpty = tokens.count == 1 && page.rows == 0
            if page.nextToken.isEmpty {
                places.last = tokens.count > 1 ? tokens.last : nil
                break
            }
            guard tokens.count < pages else { break }
            tokens.append(page.nextToken)
        }
        places.pages = tokens.count
        if tokens.count > 2 { places.deep = places.last == nil ? tokens.last : tokens[tokens.count / 2] }
        return places
    }

    /// Keeps rows of a list from its beginning, its middle and its end.
    mutating func sample(_ method: ListMethod, _ question: ListQuestion) async throws {
        let places = try await walk(method, question, pages: mostPages)
        var found = ListRows()
        for token in ["", places.deep, places.last].compactMap(\.self) {
            let reply = try await caller.reply(method, question.json(pageSize: Self.pageSize, token: token))
            let json = try method.entry.replyToJSON(reply, includeDefaults: true)
            guard case .object(let fields) = try JSONDecoder().decode(JSONValue.self, from: Data(json)),
                case .list(let elements) = fields[method.rows.jsonName]
            else { continue }
            for element in elements { found.add(element) }
        }
        rows[method.rowMessage, default: ListRows()].add(found)
        if let route = method.route?.pattern { rowsByRoute[route, default: ListRows()].add(found) }
    }

    /// What a list is asked from: nothing given, or each whose list it is, or a value of a field that must be given.
    func bases(_ method: ListMethod) async throws -> [ListQuestion] {
        if let subject = method.subject { return try await subjects(method, subject).map { $0.question } }
        let question = ListQuestion()
        do {
            _ = try await caller.page(method, question.json(pageSize: 1, token: ""))
            return [question]
        } catch let error as RPCError where error.code == .invalidArgument {
            for field in method.filters where !field.isRepeated {
                var needed: [ListQuestion] = []
                for choice in ListChoices.of(field, rows[method.rowMessage] ?? ListRows()) {
                    let asked = question.with(field, choice)
                    if try await isTaken(method, asked) { needed.append(asked) }
                }
                if !needed.isEmpty { return needed }
            }
            return []
        }
    }

    /// The subject of whose rows there are most among some, and another.
    private func subjects(
        _ method: ListMethod, _ subject: FieldInfo
    ) async throws -> [(question: ListQuestion, rows: Int)] {
        let known = rowsByRoute[method.subjectRoute ?? ""] ?? ListRows()
        let values = known.values(subject.jsonName) + known.values("id")
        let step = max(1, values.count / Self.mostSubjects)
        var found: [(question: ListQuestion, rows: Int)] = []
        for index in stride(from: 0, to: values.count, by: step) {
            var question = ListQuestion()
            question.fields[subject.jsonName] = values[index]
            let page = try await caller.page(method, question.json(pageSize: Self.pageSize, token: ""))
            found.append((question, page.rows + (page.nextToken.isEmpty ? 0 : 1)))
        }
        found.sort { $0.rows > $1.rows }
        return Array(found.prefix(1))
    }

    /// Whether a service takes a value, which was made up and may be none to it.
    func isTaken(_ method: ListMethod, _ question: ListQuestion) async throws -> Bool {
        do {
            _ = try await caller.page(method, question.json(pageSize: 1, token: ""))
            return true
        } catch let error as RPCError where error.code == .invalidArgument {
            return false
        }
    }

    /// The choices of each filter that the service takes.
    func choices(_ method: ListMethod, _ base: ListQuestion) async throws -> [(field: FieldInfo, choices: [ListChoice])] {
        let known = rows[method.rowMessage] ?? ListRows()
        var all: [(field: FieldInfo, choices: [ListChoice])] = []
        for field in method.filters where base.fields[field.jsonName] == nil {
            var taken: [ListChoice] = []
            for choice in ListChoices.of(field, known) {
                // One value that nothing has is enough.
                if choice.label.hasSuffix("=absent"), taken.contains(where: { $0.label == choice.label }) { continue }
                if try await isTaken(method, base.with(field, choice)) { taken.append(choice) }
            }
            if !taken.isEmpty { all.append((field, taken)) }
        }
        return all
    }
}
