package import Contracts
package import Values

/// What a season is played on: what the suite holds before it.
package struct SeasonGround: Hashable, Sendable {
    package struct School: Hashable, Sendable {
        package var urn: Int64
        package var name: String
        package var postcode: String

        package init(urn: Int64, name: String, postcode: String) {
            self.urn = urn
            self.name = name
            self.postcode = postcode
        }
    }

    /// A partner with those of its schools that can be employers. There may be one without an id: schools that belong to
    /// no partner.
    package struct Partner: Hashable, Sendable {
        package var id: String?
        /// The trust that it is, if it is one and can be an employer.
        package var trust: Int64?
        package var schools: [School]

        package init(id: String?, trust: Int64? = nil, schools: [School]) {
            self.id = id
            self.trust = trust
            self.schools = schools
        }
    }

    package var today: CalendarDate
    /// Ids of the cohorts that there are.
    package var cohorts: Set<String>
    /// Those that are offered to cohorts of this year.
    package var programmes: [EnrolmentV1.Programme]
    /// With at least one school among them.
    package var partners: [Partner]

    package init(
        today: CalendarDate, cohorts: Set<String>, programmes: [EnrolmentV1.Programme], partners: [Partner]
    ) {
        self.today = today
        self.cohorts = cohorts
        self.programmes = programmes
        self.partners = partners
    }
}
