import Contracts
import RPC
import ServiceKit
import Values

/// Asks Partnership about schools, trusts and partners. Never inside a transaction of the store.
struct PartnershipRegister: EmployerRegister {
    /// How long an answer may take; a handler's own deadline may be sooner.
    static let patience = Duration.seconds(5)

    /// Schools with one number that are looked at.
    private static let mostNamesakes: Int32 = 20

    private let schools: SchoolsClient
    private let partners: PartnersClient

    init(_ channel: any Channel) {
        schools = SchoolsClient(channel)
        partners = PartnersClient(channel)
    }

    func school(_ urn: URN) async throws -> SchoolFacts? {
        let found = try await ask { options in
            try await schools.getSchool(.init(urn: Int64(urn.number)), options: options)
        }
        return try found.flatMap { try SchoolFacts($0) }
    }

    func trust(_ uid: Int) async throws -> TrustFacts? {
        let found = try await ask { options in
            try await schools.getSchoolGroup(.init(uid: Int64(uid)), options: options)
        }
        return found.map { TrustFacts(uid: Int($0.uid), name: $0.name, typeCode: $0.type?.code ?? "", isOpen: $0.open) }
    }

    func school(findingBy number: String) async throws -> URN? {
        let found = try await ask { options in
            try await schools.searchSchools(.init(query: number, pageSize: Self.mostNamesakes), options: options)
        }
        // A school that became an academy keeps its number, and so does the one that closed for it.
        let namesakes = found?.schools ?? []
        let open = namesakes.filter { $0.status != .closed }
        let meant = open.isEmpty ? namesakes : open
        guard meant.count == 1, let school = meant.first else { return nil }
        return URN(number: Int(school.urn))
    }

    func districts(ofTrust uid: Int) async throws -> Set<String> {
        var districts: Set<String> = []
        var token = ""
        repeat {
            let request = PartnershipV1.ListGroupSchoolsRequest(uid: Int64(uid), pageSize: 100, pageToken: token)
            let page = try await ask { options in try await schools.listGroupSchools(request, options: options) }
            districts.formUnion(page?.schools.compactMap(\.district?.code) ?? [])
            token = page?.nextPageToken ?? ""
        } while !token.isEmpty
        return districts
    }

    func hasPartner(_ id: UUIDv7) async throws -> Bool {
        try await ask { options in try await partners.getPartner(.init(id: id.text), options: options) } != nil
    }

    /// Nil for what Partnership does not hold.
    private func ask<Reply>(_ call: (CallOptions) async throws -> Reply) async throws -> Reply? {
        do {
            return try await call(CallOptions(timeout: Self.patience))
        } catch let error as RPCError {
            switch error.code {
            case .notFound: return nil
            case .cancelled: throw error
            default:
                throw RPCError(
                    .unavailable,
                    "Partnership cannot be asked about the employer now. Nothing was changed; try again later.",
                    reason: "PARTNERSHIP_UNAVAILABLE", cause: error)
            }
        }
    }
}

extension SchoolFacts {
    /// Nil for a message that names no school.
    init?(_ school: PartnershipV1.School) throws {
        guard let urn = URN(number: Int(school.urn)) else { return nil }
        guard let status = Status(rawValue: Int(school.status.rawValue)) else {
            throw RPCError(.internal, "Partnership named a school's status that this release does not know.")
        }
        self.init(
            urn: urn, name: school.name, town: school.address?.town ?? "", status: status,
            isInEngland: school.inEngland, districtCode: school.district?.code ?? "",
            successors: school.links.filter { $0.linkType.hasPrefix("Successor") }
                .compactMap { URN(number: Int($0.urn)) },
            trusts: school.groups.filter { TrustFacts.academyTrustTypes.contains($0.groupType?.code ?? "") }
                .map { Int($0.groupUid) })
    }
}
