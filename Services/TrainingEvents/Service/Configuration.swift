package import ServiceKit

/// The keys of TrainingEvents beside those that every service has.
package enum TrainingEventsKeys {
    package static let offerTime = ConfigurationKey<Duration>(
        "offer-time", default: .seconds(48 * 3600), "Time that somebody on the waiting list has to answer an offer.")
    package static let noticePeriod = ConfigurationKey<Duration>(
        "notice-period", default: .seconds(72 * 3600),
        "Before the start of an event no offer is open for so long; free places are booked directly.")

    package static let all: [any DeclaredKey] = [offerTime, noticePeriod]
}
