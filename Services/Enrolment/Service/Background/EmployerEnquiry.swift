import Values

/// Asks about the employers that rows name, a few at a time, and remembers the answers for the rows to come.
struct EmployerEnquiry: Sendable {
    /// Questions that are open at once.
    static let width = 8

    let register: any EmployerRegister
    private(set) var findings = EmployerFindings()

    init(_ register: any EmployerRegister) {
        self.register = register
    }

    mutating func ask(about rows: [CleanRow]) async throws {
        var urns: Set<URN> = []
        var numbers: Set<String> = []
        var trusts: Set<Int> = []
        for row in rows {
            switch row.employer {
            case .none, .unreadable: continue
            case .school(let urn): urns.insert(urn)
            case .number(let number, _): numbers.insert(number)
            case .trust(let uid): trusts.insert(uid)
            }
        }
        let register = register
        let known = findings
        let newNumbers = try await answers(numbers.filter { known.numbers[$0] == nil }) {
            try await register.school(findingBy: $0)
        }
        for (number, urn) in newNumbers {
            findings.numbers[number] = .some(urn)
            if let urn { urns.insert(urn) }
        }
        let schools = try await answers(urns.filter { known.schools[$0] == nil }) { try await register.school($0) }
        for (urn, school) in schools { findings.schools[urn] = .some(school) }
        let newTrusts = try await answers(trusts.filter { known.trusts[$0] == nil }) { try await register.trust($0) }
        for (uid, trust) in newTrusts { findings.trusts[uid] = .some(trust) }
        try await askDistricts(about: rows)
    }

    /// Only a scholarship asks where a trust's other schools are.
    private mutating func askDistricts(about rows: [CleanRow]) async throws {
        var uids: Set<Int> = []
        for row in rows where row.claimsScholarship {
            switch row.employer {
            case .none, .unreadable: continue
            case .trust(let uid): uids.insert(uid)
            case .school(let urn): uids.formUnion((findings.schools[urn] ?? nil)?.trusts ?? [])
            case .number(let number, _):
                let urn = findings.numbers[number] ?? nil
                uids.formUnion(urn.flatMap { findings.schools[$0] ?? nil }?.trusts ?? [])
            }
        }
        let register = register
        let known = findings.trustDistricts
        let districts = try await answers(uids.filter { known[$0] == nil }) {
            try await register.districts(ofTrust: $0)
        }
        findings.trustDistricts.merge(districts) { $1 }
    }

    private func answers<Question: Hashable & Sendable, Answer: Sendable>(
        _ questions: Set<Question>, _ ask: @escaping @Sendable (Question) async throws -> Answer
    ) async throws -> [Question: Answer] {
        try await withThrowingTaskGroup(of: (Question, Answer).self) { group in
            var rest = questions.makeIterator()
            var found: [Question: Answer] = [:]
            for _ in 0..<Self.width {
                guard let question = rest.next() else { break }
                group.addTask { (question, try await ask(question)) }
            }
            while let (question, answer) = try await group.next() {
                found[question] = answer
                guard let question = rest.next() else { continue }
                group.addTask { (question, try await ask(question)) }
            }
            return found
        }
    }
}
