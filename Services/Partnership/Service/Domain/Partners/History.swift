import Values

extension PartnerDetails {
    var contents: [(field: String, value: String)] {
        [
            ("name", name), ("status", status.name), ("groupUid", groupUID.text), ("leadSchoolUrn", leadSchool.text),
            ("contactName", contactName), ("contactEmail", contactEmail), ("agreementFrom", agreementFrom.text),
            ("agreementTo", agreementTo.text), ("notes", notes),
        ]
    }

    /// Fields about a person: the history tells that they changed, not what they were.
    static let personalFields: Set<String> = ["contactName", "contactEmail"]
}

extension PartnerMember {
    var contents: [(field: String, value: String)] {
        [("schoolUrn", urn.description), ("from", from.description), ("to", to.text)]
    }
}
