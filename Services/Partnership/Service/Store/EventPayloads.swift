import ServiceKit
import Values

/// Writes the messages that this service's events carry. The store does not know the messages; whoever
/// puts the service together gives it this.
protocol EventPayloads: Sendable {
    func partner(_ partner: Partner) -> EventPayload
    func member(_ member: PartnerMember, schoolName: String) -> EventPayload
    func school(_ school: SchoolEventFacts) -> EventPayload
}

/// What followers learn of a school.
struct SchoolEventFacts: Hashable, Sendable {
    var urn: URN
    var name: String
    var isSelectable: Bool
    var isOpen: Bool
    var successors: [URN]
}
