import Contracts
import RPC
import ServiceKit
import Values

extension PartnershipV1.Partner {
    init(_ partner: Partner) {
        let details = partner.details
        self.init(
            id: partner.id.text, name: details.name,
            kind: PartnershipV1.PartnerKind(rawValue: Int32(partner.kind.rawValue)),
            status: PartnershipV1.PartnerStatus(rawValue: Int32(details.status.rawValue)),
            groupUid: details.groupUID.map { Int64($0) }, leadSchoolUrn: details.leadSchool.map { Int64($0.number) },
            contactName: details.contactName, contactEmail: details.contactEmail,
            agreementFrom: details.agreementFrom.map { .init($0) }, agreementTo: details.agreementTo.map { .init($0) },
            notes: details.notes, createdAt: .init(partner.createdAt), updatedAt: .init(partner.updatedAt),
            version: partner.version)
    }
}

extension PartnershipV1.PartnerMember {
    init(_ named: NamedMember) {
        self.init(named.member, schoolName: named.schoolName)
    }

    init(_ member: PartnerMember, schoolName: String) {
        self.init(
            id: member.id.text, partnerId: member.partnerID.text, schoolUrn: Int64(member.urn.number),
            schoolName: schoolName, from: .init(member.from), to: member.to.map { .init($0) }, version: member.version)
    }
}

extension PartnershipV1.PartnerCounts {
    init(_ counts: PartnerCounts) {
        let (total, own) = (counts.total, counts.own)
        self.init(
            partnerId: counts.partnerID.text, asOf: .init(counts.asOf), schools: counts.schools.map { .init($0) },
            candidates: total.candidates, participants: total.participants, places: total.places, events: total.events,
            ownApplications: own.applications, ownParticipants: own.participants, ownEvents: own.events)
    }
}

extension PartnershipV1.PartnerCounts.School {
    init(_ school: PartnerCounts.School) {
        let tally = school.tally
        self.init(schoolUrn: Int64(school.urn.number), schoolName: school.name, candidates: tally.candidates,
                  participants: tally.participants, places: tally.places, events: tally.events)
    }
}

extension FieldViolations {
    /// Nil for "unspecified"; other numbers without a name are reported.
    mutating func partnerKind(_ kind: PartnershipV1.PartnerKind, _ field: String) -> PartnerKind? {
        require(!kind.isUnrecognized, field, "must be a kind of partner that this release knows")
        return PartnerKind(rawValue: Int(kind.rawValue))
    }

    mutating func partnerStatus(_ status: PartnershipV1.PartnerStatus, _ field: String) -> PartnerStatus? {
        require(!status.isUnrecognized, field, "must be a status that this release knows")
        return PartnerStatus(rawValue: Int(status.rawValue))
    }

    mutating func groupUID(_ uid: Int64?, _ field: String) -> Int? {
        guard let uid else { return nil }
        require((1...99_999_999).contains(uid), field, "must be a group UID")
        return Int(exactly: uid)
    }
}

/// The status that each refusal of a partner's rules is told as.
enum PartnerErrors {
    /// Runs a change and translates what it was refused for.
    static func translate<Value>(_ id: String, _ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch let refusal as PartnerRefusal {
            throw status(refusal, id)
        } catch let missing as PartnerNotFound {
            switch missing {
            case .partner(let id): throw RPCError.notFound("partner", id.text)
            case .member(let id): throw RPCError.notFound("partner member", id.text)
            }
        }
    }

    static func status(_ refusal: PartnerRefusal, _ id: String) -> RPCError {
        switch refusal {
        case .invalid(let faults):
            var violations = FieldViolations()
            for fault in faults { violations.add(fault.field, fault.message) }
            return violations.error ?? RPCError(.invalidArgument, "The request cannot be carried out.")
        case .nameInUse:
            return RPCError(
                .alreadyExists, "Another partner that has not ended has this name. Choose another name, or edit that one.",
                reason: "NAME_IN_USE")
        case .precondition(let subject, let message):
            return RPCError(.failedPrecondition, message, with: GoogleRPC.PreconditionFailure(
                violations: [.init(type: "REGISTER", subject: subject, description: message)]))
        case .versionIsOld(let expected, let actual):
            return RPCError.staleVersion("partner", id, expected: expected, found: actual)
        }
    }
}
