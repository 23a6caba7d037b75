import Contracts
import Values

/// `olp.enrolment.v1.Candidates`: the people.
struct CandidatesService: CandidatesHandlers {
    let store: EnrolmentStore
    let register: any EmployerRegister
    let wallClock: any WallClock
}
