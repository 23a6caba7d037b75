/// Districts whose schools, and whose schools' trusts, earned a scholarship for the NPQs of 2017.
enum ScholarshipDistricts {
    static func earns(_ districtCode: String) -> Bool {
        opportunityAreas.contains(districtCode) || categoriesFiveAndSix.contains(districtCode)
    }

    /// The districts of the twelve Opportunity Areas, as published.
    private static let opportunityAreas: Set<String> = [
        "E06000009", "E06000015", "E06000021", "E07000009", "E07000010", "E07000062", "E07000148", "E07000168",
        "E07000191", "E07000202", "E08000004", "E08000017", "E08000032",
    ]

    /// Category 5 and 6 of "Achieving Excellence Areas". **Illustrative**, as in the sample of the register:
    /// put the Department's list here before anything is claimed.
    private static let categoriesFiveAndSix: Set<String> = [
        "E06000012", "E06000018", "E06000026", "E06000030", "E06000035", "E06000046", "E07000026", "E07000027",
        "E07000029", "E07000033", "E07000046", "E07000053", "E07000076", "E07000113", "E07000114", "E07000117",
        "E07000120", "E07000122", "E07000136", "E07000137", "E07000143", "E07000145", "E07000146", "E07000150",
        "E07000170", "E07000171", "E07000174", "E07000175", "E07000188", "E07000199", "E07000201", "E07000206",
        "E07000224", "E07000226", "E07000236", "E08000005", "E08000006", "E08000008", "E08000011", "E08000016",
    ]
}
