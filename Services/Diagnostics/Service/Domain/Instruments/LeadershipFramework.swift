/// The competences of the national professional qualifications for leaders: names as published, summaries our own.
enum LeadershipFramework {
    static let version1 = Framework(
        id: "npq", version: 1, name: "National professional qualifications for leaders",
        source: "NPQ Content and Assessment Framework, Department for Education, October 2017",
        competences: behaviours + contentAreas)

    private static let behaviours = [
        behaviour("commitment", "Commitment", "Puts pupils' learning first and stays with what was begun."),
        behaviour("collaboration", "Collaboration", "Works with others, shares credit and asks for help in good time."),
        behaviour("personal-drive", "Personal Drive", "Sets themselves demanding goals and acts without being asked."),
        behaviour("resilience", "Resilience", "Keeps calm and of use under pressure, and recovers from setbacks."),
        behaviour("awareness", "Awareness", "Knows their own effect on others and notices what they need."),
        behaviour("integrity", "Integrity", "Acts by the values of the profession, and does what was promised."),
        behaviour("respect", "Respect", "Values each person, whatever their role, background or opinion."),
    ]

    private static let contentAreas = [
        area("strategy-and-improvement", "Strategy and Improvement",
             "Finds out from evidence what has to get better, plans it, and sees the change through."),
        area("teaching-and-curriculum-excellence", "Teaching and Curriculum Excellence",
             "Leads the improvement of teaching and of what is taught, so that every group of pupils gains."),
        area("leading-with-impact", "Leading with Impact",
             "Wins people for a common purpose by clear communication and by example."),
        area("working-in-partnership", "Working in Partnership",
             "Works with families, other schools and services for the good of pupils."),
        area("managing-resources-and-risks", "Managing Resources and Risks",
             "Uses money, time and people where they help most, and keeps pupils and staff safe."),
        area("increasing-capability", "Increasing Capability",
             "Develops colleagues and teams by well-chosen support, and leaves the school stronger."),
    ]

    private static func behaviour(_ id: String, _ name: String, _ summary: String) -> Competence {
        Competence(id: id, kind: .behaviour, name: name, summary: summary)
    }

    private static func area(_ id: String, _ name: String, _ summary: String) -> Competence {
        Competence(id: id, kind: .contentArea, name: name, summary: summary)
    }
}
