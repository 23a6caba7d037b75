import Contracts
import ServiceKit
import Values

/// `olp.partnership.v1.GiasImports`: imports of the official register.
struct GiasImportsService: GiasImportsHandlers {
    let store: PartnershipStore
    /// Told when an import is started; tells of each checkpoint.
    let progress: ChangeSignal
    let wallClock: any WallClock
    let clock: any Clock<Duration>
    let intake: FileIntake
}
