import Contracts
import Foundation

/// `deploy/sample/partners.json`: requests in their JSON form.
struct SamplePartners {
    var partners: [(PartnershipV1.RegisterPartnerRequest, [PartnershipV1.AddPartnerMemberRequest])] = []

    init(_ text: String) throws {
        let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        for var entry in root?["partners"] as? [[String: Any]] ?? [] {
            let members = entry.removeValue(forKey: "members") as? [[String: Any]] ?? []
            partners.append((
                try PartnershipV1.RegisterPartnerRequest(jsonText: Self.json(entry)),
                try members.map { try PartnershipV1.AddPartnerMemberRequest(jsonText: Self.json($0)) }))
        }
    }

    private static func json(_ object: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }
}
