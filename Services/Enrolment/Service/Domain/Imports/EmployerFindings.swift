import Values

/// What was found out about the employers that some rows name, before these are judged.
struct EmployerFindings: Sendable {
    /// Nil values: asked, and there is none.
    var schools: [URN: SchoolFacts?] = [:]
    var numbers: [String: URN?] = [:]
    var trusts: [Int: TrustFacts?] = [:]
    var trustDistricts: [Int: Set<String>] = [:]
}

/// What a row's employer is, and what is to be told of it.
struct EmployerJudgement: Hashable, Sendable {
    /// Nil for none, and for one that cannot be an employer.
    var employer: Employer?
    var issues: [RowIssue.Code] = []
    var earnsScholarship = false

    init(_ row: CleanRow, _ findings: EmployerFindings) {
        var districts: Set<String> = []
        switch row.employer {
        case .none: break
        case .unreadable(let code): issues.append(code)
        case .school(let urn):
            if let school = findings.schools[urn] ?? nil {
                judge(school)
                if !Self.isSameName(row.form[.employerName], school) { issues.append(.employerNameMismatch) }
                districts = Self.districts(of: school, findings)
            } else {
                issues.append(.employerUnknownURN)
            }
        case .number(let number, let code):
            if let urn = findings.numbers[number] ?? nil, let school = findings.schools[urn] ?? nil {
                issues.append(code)
                judge(school)
                districts = Self.districts(of: school, findings)
            } else {
                issues.append(.employerUnknownURN)
            }
        case .trust(let uid):
            if let trust = findings.trusts[uid] ?? nil, TrustFacts.academyTrustTypes.contains(trust.typeCode) {
                if trust.isOpen { employer = .trust(uid) } else { issues.append(.trustClosed) }
                districts = findings.trustDistricts[uid] ?? []
            } else {
                issues.append(.trustUnknown)
            }
        }
        earnsScholarship = districts.contains(where: ScholarshipDistricts.earns)
        if row.claimsScholarship, !earnsScholarship { issues.append(.scholarshipNotSupported) }
    }

    private mutating func judge(_ school: SchoolFacts) {
        guard school.isInEngland else {
            issues.append(.employerNotEngland)
            return
        }
        switch school.status {
        case .open: break
        case .closed: issues.append(school.successors.isEmpty ? .employerClosed : .employerClosedWithSuccessor)
        case .proposedToClose: issues.append(.employerProposedToClose)
        case .proposedToOpen: issues.append(.employerProposedToOpen)
        }
        if school.canEmploy { employer = .school(school.urn) }
    }

    /// One school of a trust in such a district makes all its schools eligible.
    private static func districts(of school: SchoolFacts, _ findings: EmployerFindings) -> Set<String> {
        school.trusts.reduce(into: [school.districtCode]) { $0.formUnion(findings.trustDistricts[$1] ?? []) }
    }

    /// People leave "School" out, write small letters, and add the town.
    private static func isSameName(_ typed: String, _ school: SchoolFacts) -> Bool {
        func key(_ text: String) -> String {
            let plain = text.lowercased().replacing(".", with: "").replacing("&", with: "and")
                .replacing("\u{A0}", with: " ").replacing(" school", with: "")
            return plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let name = key(typed)
        return name == key(school.name) || name == key(school.name + " " + school.town)
    }
}
