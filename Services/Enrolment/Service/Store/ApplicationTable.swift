import Storage
import Values

/// The columns of `applications`, in one place and one order.
enum ApplicationTable {
    static let columns = """
        id, candidate_id, programme, programme_version, cohort_id, approval_status, training_status, schedule, is_eligible, \
        funded_place, partner_id, school_urn, group_uid, status_reason, declared, deferred_on, submitted_at, accepted_at, \
        updated_at, version
        """

    static func read(_ row: Row) throws(StoreError) -> Application {
        guard let approval = ApprovalStatus(rawValue: Int(try row.int(5))) else {
            throw row.unreadable(5, "approval status")
        }
        var application = Application(
            id: try row.identifier(0), candidateID: try row.identifier(1), programme: try row.text(2),
            programmeVersion: Int(try row.int(3)), cohortID: try row.cohortID(4), approval: approval,
            isEligibleForFunding: try row.bool(8), submittedAt: try row.instant(16), updatedAt: try row.instant(18),
            version: try row.int(19))
        application.training = TrainingStatus(rawValue: Int(try row.int(6)))
        application.schedule = try row.optionalText(7)
        application.fundedPlace = try row.optionalBool(9)
        application.partnerID = try row.optionalText(10) == nil ? nil : row.identifier(10)
        application.employer = try row.employer(11, 12)
        application.statusReason = try row.text(13)
        application.declared = try row.text(14).split(separator: ",").compactMap { Int($0) }
            .compactMap { DeclarationType(rawValue: $0) }
        application.deferredOn = try row.optionalDate(15)
        application.acceptedAt = try row.optionalInstant(17)
        return application
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> Application? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM applications WHERE id = \(id)") else { return nil }
        return try read(row)
    }

    /// Inserts an application, or writes all its columns anew.
    static func write(_ application: Application, to writer: any Writer) throws(StoreError) {
        let declared = application.declared.map { String($0.rawValue) }.joined(separator: ",")
        let values: [SQLValue] = [
            application.id.sqlValue, application.candidateID.sqlValue, .text(application.programme),
            .int(Int64(application.programmeVersion)), application.cohortID.sqlValue,
            .int(Int64(application.approval.rawValue)), .int(Int64(application.training?.rawValue ?? 0)),
            application.schedule.sqlValue, application.isEligibleForFunding.sqlValue, application.fundedPlace.sqlValue,
            application.partnerID.sqlValue, (application.employer?.urn).sqlValue,
            (application.employer?.groupUID).sqlValue, .text(application.statusReason), .text(declared),
            application.deferredOn.sqlValue, application.submittedAt.sqlValue, application.acceptedAt.sqlValue,
            application.updatedAt.sqlValue, .int(application.version),
        ]
        try writer.execute("INSERT INTO applications (\(raw: columns)) VALUES \(list: values)\(updates)")
    }

    private static let updates: SQL = {
        let list = columns.split(separator: ", ").dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return " ON CONFLICT (id) DO UPDATE SET \(raw: list)"
    }()

    private static let otherColumns = """
        a.id, a.programme, a.cohort_id, a.approval_status, a.training_status, a.is_eligible, a.funded_place
        """

    /// The person's other applications, and those of whoever has the same TRN: people are registered twice.
    static func others(of application: Application, _ reader: any Reader) throws(StoreError) -> [OtherApplication] {
        var others: [OtherApplication] = []
        for row in try reader.rows("""
            SELECT \(raw: otherColumns) FROM applications a
            WHERE a.id <> \(application.id) AND a.candidate_id IN (
                SELECT \(application.candidateID)
                UNION SELECT twin.id FROM candidates self JOIN candidates twin ON twin.trn = self.trn
                WHERE self.id = \(application.candidateID))
            ORDER BY a.submitted_at, a.id
            """) {
            guard let approval = ApprovalStatus(rawValue: Int(try row.int(3))) else {
                throw row.unreadable(3, "approval status")
            }
            others.append(OtherApplication(
                id: try row.identifier(0), programme: try row.text(1), cohortID: try row.cohortID(2),
                approval: approval, training: TrainingStatus(rawValue: Int(try row.int(4))),
                isEligibleForFunding: try row.bool(5), fundedPlace: try row.optionalBool(6)))
        }
        return others
    }
}
