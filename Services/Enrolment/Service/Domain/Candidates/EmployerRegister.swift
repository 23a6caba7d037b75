import Values

/// Who knows which schools and trusts there are. Asking may take time and may fail.
protocol EmployerRegister: Sendable {
    /// Nil if there is no such school.
    func school(_ urn: URN) async throws -> SchoolFacts?
    /// Nil if there is no such group.
    func trust(_ uid: Int) async throws -> TrustFacts?
    /// The school with a local authority and establishment number ("340/2013") or a UKPRN: the only one
    /// that is not closed, or the only one.
    func school(findingBy number: String) async throws -> URN?
    /// Districts of the schools that are in a trust now.
    func districts(ofTrust uid: Int) async throws -> Set<String>
    func hasPartner(_ id: UUIDv7) async throws -> Bool
}

extension EmployerRegister {
    /// Refuses what cannot be an employer.
    func check(_ employer: Employer?) async throws {
        switch employer {
        case nil: return
        case .school(let urn): try EmployerRules.check(urn, try await school(urn))
        case .trust(let uid): try EmployerRules.check(uid, try await trust(uid))
        }
    }
}
