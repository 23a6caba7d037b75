import Contracts
import ServiceKit
import Values

/// `olp.enrolment.v1.ApplicationImports`: imports of applications from CSV.
struct ApplicationImportsService: ApplicationImportsHandlers {
    let store: EnrolmentStore
    /// Told when an import is started; tells of each checkpoint.
    let progress: ChangeSignal
    let wallClock: any WallClock
    let clock: any Clock<Duration>
    let intake: FileIntake
}
