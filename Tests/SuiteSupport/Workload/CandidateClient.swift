import Contracts
import TestSupport

/// Registers people, applies for them, decides, and moves those accepted through their training. Nobody else touches
/// these, so versions grow by one with each answer.
struct CandidateClient: OfficeClient {
    let client: KeyedClient
    let office: Office
    var random: SeededGenerator
    private var accepted: [EnrolmentV1.Application] = []

    init(client: KeyedClient, office: Office, random: SeededGenerator) {
        self.client = client
        self.office = office
        self.random = random
    }

    mutating func run() async throws {
        for number in 1... {
            let candidate = try await candidate(number)
            let application = try await submitted(candidate)
            if Int.random(in: 0..<6, using: &random) == 0 {
                _ = try await move(application, .reject, "reject") { EnrolmentV1.RejectApplicationRequest(reason: $0) }
            } else {
                let made = try await move(application, .accept, "accept") {
                    EnrolmentV1.AcceptApplicationRequest(reason: $0)
                }
                accepted.append(made)
                office.add(made)
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) { try await training() }
        }
    }

    private mutating func candidate(_ number: Int) async throws -> EnrolmentV1.Candidate {
        let school = office.schools.randomElement(using: &random)
        var candidate: EnrolmentV1.Candidate = try await client.writeAlone(.registerCandidate, "POST", "/v1/candidates") {
            EnrolmentV1.RegisterCandidateRequest(
                fullName: "Person \(number)", email: "\(client.name)-\(number)@example.org", schoolUrn: school, reason: $0)
        }
        if Bool.random(using: &random) {
            let before = candidate
            candidate = try await client.writeAlone(
                .editCandidate, "PUT", "/v1/candidates/\(before.id)", version: before.version
            ) {
                EnrolmentV1.UpdateCandidateRequest(
                    fullName: before.fullName + " Renamed", email: before.email, schoolUrn: before.schoolUrn, reason: $0)
            }
            expect(candidate.version, before.version + 1, candidate.id)
        }
        return candidate
    }

    private mutating func submitted(_ candidate: EnrolmentV1.Candidate) async throws -> EnrolmentV1.Application {
        let partner = Bool.random(using: &random) ? office.partners.randomElement(using: &random) : nil
        let application: EnrolmentV1.Application = try await client.writeAlone(.submit, "POST", "/v1/applications") {
            EnrolmentV1.SubmitApplicationRequest(
                candidateId: candidate.id, programme: RunningSuite.programme, cohortId: office.cohort,
                eligibleForFunding: true, partnerId: partner, reason: $0)
        }
        expect(application.version, 1, application.id)
        return application
    }

    /// One step of somebody who was accepted earlier.
    private mutating func training() async throws {
        guard let index = accepted.indices.randomElement(using: &random) else { return }
        let application = accepted[index]
        let next: EnrolmentV1.Application
        switch application.trainingStatus {
        case .active where application.declared.isEmpty && Int.random(in: 0..<4, using: &random) == 0:
            _ = try await move(application, .reject, "reject") { EnrolmentV1.RejectApplicationRequest(reason: $0) }
            accepted.remove(at: index)
            return
        case .active where application.declared.isEmpty:
            next = try await move(application, .declare, "declare") {
                EnrolmentV1.RecordDeclarationRequest(declaration: .started, reason: $0)
            }
        case .active where Bool.random(using: &random):
            next = try await move(application, .defer, "defer") {
                EnrolmentV1.DeferApplicationRequest(statusReason: "career-break", reason: $0)
            }
        case .active:
            next = try await move(application, .withdraw, "withdraw") {
                EnrolmentV1.WithdrawApplicationRequest(statusReason: "change-in-career", reason: $0)
            }
        default:
            next = try await move(application, .resume, "resume") { EnrolmentV1.ResumeApplicationRequest(reason: $0) }
        }
        accepted[index] = next
    }

    private func move(
        _ application: EnrolmentV1.Application, _ kind: WriteKind, _ verb: String,
        _ body: (String) -> any JSONMessage
    ) async throws -> EnrolmentV1.Application {
        let moved: EnrolmentV1.Application = try await client.writeAlone(
            kind, "POST", "/v1/applications/\(application.id):\(verb)", version: application.version, body)
        expect(moved.version, application.version + 1, moved.id)
        office.note(moved)
        return moved
    }

    private func expect(_ version: Int64, _ expected: Int64, _ id: String) {
        if version != expected { client.journal.violate("\(id) has version \(version), expected \(expected)") }
    }
}
