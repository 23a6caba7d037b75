import Contracts

/// `olp.partnership.v1.Schools`: what the register says.
struct SchoolsService: SchoolsHandlers {
    let store: PartnershipStore
    let search: RegisterSearch
}
