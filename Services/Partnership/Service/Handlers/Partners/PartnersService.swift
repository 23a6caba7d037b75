import Contracts
import Values

/// `olp.partnership.v1.Partners`: the partners and the schools that belong to them.
struct PartnersService: PartnersHandlers {
    let store: PartnershipStore
    let wallClock: any WallClock
}
