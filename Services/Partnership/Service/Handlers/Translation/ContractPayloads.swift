import Contracts
import ServiceKit
import Values
import Wire

/// Writes events' payloads as the messages of the contracts.
struct ContractPayloads: EventPayloads {
    func partner(_ partner: Partner) -> EventPayload {
        EventPayload(PartnershipV1.PartnerChanged(partner: .init(partner)))
    }

    func member(_ member: PartnerMember, schoolName: String) -> EventPayload {
        EventPayload(PartnershipV1.PartnerMemberChanged(member: .init(member, schoolName: schoolName)))
    }

    func school(_ school: SchoolEventFacts) -> EventPayload {
        EventPayload(PartnershipV1.SchoolChanged(
            urn: Int64(school.urn.number), name: school.name, selectable: school.isSelectable, open: school.isOpen,
            successors: school.successors.map { Int64($0.number) }))
    }
}
